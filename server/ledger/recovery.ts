import { existsSync, readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockDirectory } from '../platform/embedded/directory-lock.ts'
import { isId } from '../platform/ids.ts'
import type { TokenUsage } from './billing.ts'
import { decodeLine, type JournalLine } from './journal.lines.ts'
import { chargeAtCheckpoint, type ChargeRow, type RequestRow } from './settlement.ts'
import { settleRows, type SettleOptions } from './settler.ts'

const BATCH = 500
const LOCK = '.lock'

export interface Adopted {
  /** Requests whose end was in a journal. */
  ended: number
  /** Requests that were running: charged at their last checkpoint, else nothing. */
  interrupted: number
  damagedLines: number
}

/**
 * Settles what dead processes left in their journals and removes these. Settlement is idempotent, so nothing
 * is lost or doubled however often this is itself interrupted. A journal whose process lives is locked.
 */
export async function adoptJournals(directory: string, options: SettleOptions): Promise<Adopted> {
  const total = { ended: 0, interrupted: 0, damagedLines: 0 }
  const entries = existsSync(directory) ? readdirSync(directory) : []
  const names = new Set(entries.map((entry) => entry.replace(LOCK, '')).filter(isId))
  for (const name of names) {
    const unlock = tryLock(join(directory, name))
    if (!unlock) continue
    try {
      const adopted = await replay(join(directory, name), options)
      total.ended += adopted.ended
      total.interrupted += adopted.interrupted
      total.damagedLines += adopted.damagedLines
    } finally {
      unlock()
    }
  }
  return total
}

function tryLock(folder: string): (() => void) | undefined {
  try {
    return lockDirectory(folder)
  } catch {
    return undefined
  }
}

async function replay(folder: string, options: SettleOptions): Promise<Adopted> {
  const { log } = options
  const adopted = { ended: 0, interrupted: 0, damagedLines: 0 }
  const running = new Map<string, { row: RequestRow; checkpoint: TokenUsage | null }>()
  let refused = 0
  const settle = async (rows: ChargeRow[]) => {
    for (let from = 0; from < rows.length; from += BATCH) {
      refused += (await settleRows(options, rows.slice(from, from + BATCH), 'journal')).refused.length
    }
  }

  const segments = existsSync(folder) ? readdirSync(folder).sort() : []
  for (const segment of segments) {
    const { lines, damaged } = readLines(await readFile(join(folder, segment), 'utf8'))
    if (damaged > 0) log.error({ folder, segment, damaged }, 'damaged lines in a journal were left out')
    adopted.damagedLines += damaged
    const ended = follow(lines, running)
    await settle(ended)
    adopted.ended += ended.length
  }
  await settle([...running.values()].map(({ row, checkpoint }) => chargeAtCheckpoint(row, checkpoint)))
  adopted.interrupted = running.size

  if (refused > 0)
    log.error({ folder, refused }, 'a journal is kept: the database refuses some of its settlements')
  else {
    rmSync(folder, { recursive: true, force: true })
    rmSync(`${folder}${LOCK}`, { force: true })
  }
  if (segments.length > 0) log.warn({ folder, ...adopted }, 'the journal of a dead process was settled')
  return adopted
}

/** Plays lines in their order; answers the requests that ended and leaves those that run in `running`. */
function follow(
  lines: JournalLine[],
  running: Map<string, { row: RequestRow; checkpoint: TokenUsage | null }>,
) {
  const ended: ChargeRow[] = []
  for (const line of lines) {
    if (line.kind === 'start') running.set(line.row.request_id, { row: line.row, checkpoint: null })
    else if (line.kind === 'progress') {
      const request = running.get(line.requestId)
      if (request) request.checkpoint = line.usage
    } else {
      running.delete(line.row.request_id)
      ended.push(line.row)
    }
  }
  return ended
}

/** A last line without its end was being written when the process died: nobody was told that it was safe. */
function readLines(text: string): { lines: JournalLine[]; damaged: number } {
  const written = text.slice(0, text.lastIndexOf('\n') + 1)
  const parts = written.split('\n').filter(Boolean)
  const lines = parts.map(decodeLine).filter((line) => line !== undefined)
  return { lines, damaged: parts.length - lines.length }
}
