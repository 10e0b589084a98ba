import { createHash } from 'node:crypto'

/** One key of a channel, for the relay alone. */
export interface ChannelKey {
  id: string
  secret: string
}

/** What a key is called where it must not be told: made from its sealed form, it says nothing about the key. */
export const keyIdOf = (sealed: string): string =>
  createHash('sha256').update(sealed).digest('hex').slice(0, 16)
