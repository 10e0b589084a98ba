import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

/** Asking for 16 random bytes costs as much as asking for thousands. */
const pool = new Uint8Array(16 * 256)
let used = pool.length
let msecs = -Infinity
let seq = 0

/**
 * Ids are UUID v7, made by us: they sort by time, so they are cursors as well, and a request's id is
 * known before anything is written. Those of one process sort in the order in which they were made.
 */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const random = pool.subarray(used, (used += 16))
  const now = Date.now()
  if (now > msecs) {
    msecs = now
    // Room to count upwards: the highest of its 32 bits is clear.
    seq = ((random[6]! & 0x7f) << 24) | (random[7]! << 16) | (random[8]! << 8) | random[9]!
  } else seq += 1
  return v7({ random, msecs, seq })
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Guards a lookup by id: PostgreSQL answers a malformed uuid with an error, we with "not found". */
export const isId = (text: string) => UUID.test(text)
