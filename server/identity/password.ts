import { hash, verify } from '@node-rs/argon2'
import { isCommonPassword } from './common-passwords.ts'
import { invalidField } from '../platform/errors.ts'

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const LENGTH_MIN = 10
const BYTES_MAX = 256
/** Hashing is heavy: this many at once, so that sign-ins cannot starve the relay. */
const CONCURRENT_MAX = 2

let running = 0
const waiting: (() => void)[] = []
let decoy: Promise<string> | undefined

export const hashPassword = (password: string) => oneOfFew(() => hash(password, PARAMETERS))

/** Takes as long for an account that does not exist (`stored` undefined), so that nobody can tell. */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword('an account that does not exist')
  const reference = stored ?? (await decoy)
  if (Buffer.byteLength(password) > BYTES_MAX) return false
  const matches = await oneOfFew(() => verify(reference, password))
  return matches && Boolean(stored)
}

/** Length and commonness are all that is asked: no composition rules. Errors: invalid_request on `param`. */
export function checkPassword(password: string, email: string, param = 'password') {
  if ([...password].length < LENGTH_MIN)
    throw invalidField(
      param,
      `The password needs at least ${LENGTH_MIN} characters.`,
      `密码至少需要 ${LENGTH_MIN} 个字符。`,
    )
  if (Buffer.byteLength(password) > BYTES_MAX)
    throw invalidField(
      param,
      `The password may have at most ${BYTES_MAX} bytes.`,
      `密码最多 ${BYTES_MAX} 字节。`,
    )
  if (isCommonPassword(password) || password.toLowerCase() === email.toLowerCase())
    throw invalidField(
      param,
      'This password is among the first that are guessed. Choose another.',
      '该密码最容易被猜到，请换一个。',
    )
}

async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (running >= CONCURRENT_MAX) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}
