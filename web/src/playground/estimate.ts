import { cnyOf, nanoOf } from '../i18n/format.ts'

const CHARACTERS_PER_TOKEN = 3

/** Roughly how many tokens a text has. */
export const tokensIn = (text: string) => BigInt(Math.ceil(text.length / CHARACTERS_PER_TOKEN))

/** What so many tokens cost at a price per million. */
export const costOf = (tokens: bigint, price: string): string => cnyOf((tokens * nanoOf(price)) / 1_000_000n)
