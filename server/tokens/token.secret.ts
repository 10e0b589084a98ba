import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const SECRET_PREFIX = 'sk-pt-'
const RANDOM_LENGTH = 32
const CHECKSUM_LENGTH = 6
export const PREFIX_SHOWN = SECRET_PREFIX.length + 4
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SHAPE = new RegExp(`^${SECRET_PREFIX}[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`)

export interface MintedSecret {
  /** Shown to the owner now and never again. */
  secret: string
  hash: Buffer
  prefix: string
  lastFour: string
}

/**
 * `sk-pt-` + 32 random base62 characters (190 bits) + their CRC-32 in base62: scanners recognise a leak,
 * and garbage is refused without a look-up. That much randomness needs no slow hash (OWASP ASVS 5.0,
 * 6.5.2): the relay looks a token up by its SHA-256 on every request.
 */
export function mintSecret(): MintedSecret {
  const body = SECRET_PREFIX + randomBase62(RANDOM_LENGTH)
  const secret = body + checksum(body)
  return {
    secret,
    hash: hashSecret(secret),
    prefix: secret.slice(0, PREFIX_SHOWN),
    lastFour: secret.slice(-4),
  }
}

export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** Whether a text could be one of our secrets. */
export function isWellFormed(secret: string): boolean {
  return SHAPE.test(secret) && checksum(secret.slice(0, -CHECKSUM_LENGTH)) === secret.slice(-CHECKSUM_LENGTH)
}

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
