import { createHmac, randomBytes } from 'node:crypto'

/** Crockford's base 32: no I, L, O or U. The last five symbols only serve as check characters. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U'
const BASE = 32n
const CHECK_BASE = 37n
const LENGTH = 20
const GROUP = 5

/**
 * 20 random characters in four groups (100 bits) and a check character, for people to read out and type:
 * `SPRING-7ZK4Q-0M2XB-TR9WD-H5CJ8-4`. The prefix is decoration.
 */
export function mintCode(prefix = ''): string {
  const body = Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % Number(BASE)]).join('')
  const groups = body.match(new RegExp(`.{${GROUP}}`, 'g'))!
  return [...(prefix ? [prefix] : []), ...groups, checkCharacter(body)].join('-')
}

/**
 * The code that was meant, however it was typed: small letters, blanks, O for 0, I or L for 1, without its prefix.
 * Undefined when the check character does not fit: a typo, not a guess.
 */
export function readCode(typed: string): string | undefined {
  const symbols = typed.toUpperCase().replace(/[\s\u2010-\u2015-]/g, '')
  const code = symbols
    .slice(-LENGTH - 1)
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
  const body = code.slice(0, LENGTH)
  if (!/^[0-9A-HJKMNP-TV-Z]{20}$/.test(body) || code.at(-1) !== checkCharacter(body)) return undefined
  return code
}

/** What is stored: without the key, a stolen table cannot be searched for codes. */
export const hashCode = (key: Buffer, code: string): Buffer => createHmac('sha256', key).update(code).digest()

/** Finds every wrong character and every swap of neighbours (Crockford's check symbol, modulo 37). */
function checkCharacter(body: string): string {
  const value = [...body].reduce((sum, symbol) => sum * BASE + BigInt(ALPHABET.indexOf(symbol)), 0n)
  return ALPHABET[Number(value % CHECK_BASE)]!
}
