import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const RANDOM_LENGTH = 32
const CHECKSUM_LENGTH = 6
/** Of the random part. */
export const SHOWN_LENGTH = 4
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export interface MintedSecret {
  /** Shown to the owner now and never again. */
  secret: string
  hash: Buffer
  prefix: string
  lastFour: string
}

export interface SecretFormat {
  mint(): MintedSecret
  /** Whether a text could be one of our secrets. */
  isWellFormed(secret: string): boolean
}

/**
 * A prefix + 32 random base62 characters (190 bits) + their CRC-32 in base62: scanners recognise a leak,
 * and garbage is refused without a look-up. That much randomness needs no slow hash (OWASP ASVS 5.0,
 * 6.5.2): a secret is looked up by its SHA-256 on every request.
 */
export function secretFormat(prefix: string): SecretFormat {
  const shape = new RegExp(`^${prefix}[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`)
  return {
    mint() {
      const body = prefix + randomBase62(RANDOM_LENGTH)
      const secret = body + checksum(body)
      return {
        secret,
        hash: hashSecret(secret),
        prefix: secret.slice(0, prefix.length + SHOWN_LENGTH),
        lastFour: secret.slice(-4),
      }
    },
    isWellFormed: (secret) =>
      shape.test(secret) && checksum(secret.slice(0, -CHECKSUM_LENGTH)) === secret.slice(-CHECKSUM_LENGTH),
  }
}

export const hashSecret = (secret: string): Buffer => hash('sha256', secret, 'buffer')

function checksum(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    text = BASE62[rest % 62]! + text
    rest = Math.floor(rest / 62)
  }
  return text
}

/** Without modulo bias: bytes of 248 and above are thrown away (248 = 4 × 62). */
function randomBase62(length: number): string {
  let text = ''
  while (text.length < length)
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += BASE62[byte % 62]
  return text
}
