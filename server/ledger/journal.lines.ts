import { crc32 } from 'node:zlib'
import type { TokenUsage } from './billing.ts'
import type { ChargeRow, RequestRow } from './settlement.ts'

/** What the journal knows: a request began, so much was delivered, so it ended. */
export type JournalLine =
  | { kind: 'start'; row: RequestRow }
  | { kind: 'progress'; requestId: string; usage: TokenUsage }
  | { kind: 'usage'; row: ChargeRow }

const CHECKSUM_LENGTH = 8

export const requestIdOf = (line: JournalLine) =>
  line.kind === 'progress' ? line.requestId : line.row.request_id

/** `crc32 json\n`: JSON never holds a line break, so a torn or damaged line cannot swallow more than its neighbour. */
export function encodeLine(line: JournalLine): string {
  const json = JSON.stringify(line)
  return `${checksum(json)} ${json}\n`
}

/** Undefined when the line is not what was once written. */
export function decodeLine(text: string): JournalLine | undefined {
  const json = text.slice(CHECKSUM_LENGTH + 1)
  if (text[CHECKSUM_LENGTH] !== ' ' || text.slice(0, CHECKSUM_LENGTH) !== checksum(json)) return undefined
  return JSON.parse(json) as JournalLine
}

const checksum = (json: string) => crc32(json).toString(16).padStart(CHECKSUM_LENGTH, '0')
