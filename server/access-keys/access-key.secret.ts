import { secretFormat } from '../platform/secret.ts'

/** `pk-pt-…`: what a script sends to GraphQL. */
export const { mint: mintAccessKey, isWellFormed } = secretFormat('pk-pt-')
