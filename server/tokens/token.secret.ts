import { secretFormat, SHOWN_LENGTH } from '../platform/secret.ts'

export { hashSecret } from '../platform/secret.ts'

export const SECRET_PREFIX = 'sk-pt-'
export const PREFIX_SHOWN = SECRET_PREFIX.length + SHOWN_LENGTH

/** `sk-pt-…`: what a tool sends to the relay. */
export const { mint: mintSecret, isWellFormed } = secretFormat(SECRET_PREFIX)
