import { v7 } from 'uuid'

/**
 * Ids are UUID v7, made by us: they sort by time, so they are cursors as well, and a request's id is
 * known before anything is written.
 */
export const newId = (): string => v7()

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Guards a lookup by id: PostgreSQL answers a malformed uuid with an error, we with "not found". */
export const isId = (text: string) => UUID.test(text)
