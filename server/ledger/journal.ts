import { mkdirSync, rmSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { lockDirectory } from '../platform/embedded/directory-lock.ts'
import type { Log } from '../platform/log.ts'
import { encodeLine, type JournalLine, requestIdOf } from './journal.lines.ts'

const GATHER_MS = 3
const PROBE_MS = 1_000
const SEGMENT_BYTES = 8 * 2 ** 20

/**
 * What this process promised and has not committed yet, in files that survive its death. Lines are written
 * without fsync: the page cache outlives the process, not the machine (LEDGER.md §6, option E).
 */
export interface Journal {
  /** False after a failed write (disk full …), until writing works again: admit nobody meanwhile. */
  readonly usable: boolean
  /** Resolves once the line is written; rejects when it cannot be. */
  append(line: JournalLine): Promise<void>
  /** These requests are committed; a file that holds nothing else is removed. */
  settled(requestIds: string[]): void
  /** Writes what is left and lets the folder go; removes it when everything in it is settled. */
  close(): Promise<void>
}

interface Segment {
  path: string
  /** Requests with a line in it that are not settled. */
  open: Set<string>
  bytes: number
}

interface Waiting {
  line: JournalLine
  resolve: () => void
  reject: (error: unknown) => void
}

interface JournalOptions {
  /** The folder of all journals; this process gets a folder of its own in it. */
  directory: string
  instanceId: string
  log: Log
  segmentBytes?: number
  /** How long a journal that could not be written rests before it is tried again. */
  probeMs?: number
}

export function openJournal(options: JournalOptions): Journal {
  const { directory, instanceId, log, segmentBytes = SEGMENT_BYTES, probeMs = PROBE_MS } = options
  const folder = join(directory, instanceId)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const unlock = lockDirectory(folder)
  const segments: Segment[] = []
  let file: FileHandle | undefined
  let made = 0
  const waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let usable = true
  let probe: NodeJS.Timeout | undefined

  async function nextSegment(): Promise<Segment> {
    await file?.close().catch(() => {})
    file = undefined
    made += 1
    const path = join(folder, `${made.toString().padStart(8, '0')}.log`)
    const segment = { path, open: new Set<string>(), bytes: 0 }
    segments.push(segment)
    file = await open(path, 'a', 0o600)
    return segment
  }

  async function currentSegment(): Promise<Segment> {
    const segment = segments.at(-1)
    return file && segment && segment.bytes < segmentBytes ? segment : nextSegment()
  }

  async function write() {
    while (waiting.length > 0) {
      const batch = waiting.splice(0)
      try {
        if (!usable) throw new Error('the journal cannot be written')
        const bytes = Buffer.from(batch.map(({ line }) => encodeLine(line)).join(''))
        const segment = await currentSegment()
        for (const { line } of batch) segment.open.add(requestIdOf(line))
        await file!.appendFile(bytes)
        segment.bytes += bytes.length
        for (const { resolve } of batch) resolve()
      } catch (error) {
        if (usable) await broken(error)
        for (const { reject } of batch) reject(error)
      }
    }
    writing = undefined
    dropSettled()
  }

  /** A part of a line may have been written: the next attempt is made in a new file. */
  async function broken(error: unknown) {
    log.error({ err: error }, 'the journal cannot be written: no request is admitted until it can')
    usable = false
    await file?.close().catch(() => {})
    file = undefined
    probe = setTimeout(() => (writing = (writing ?? Promise.resolve()).then(tryAgain)), probeMs)
  }

  async function tryAgain() {
    try {
      await nextSegment()
      await file!.appendFile('\n')
      usable = true
      log.warn('the journal can be written again')
      await write()
    } catch (error) {
      const { path } = segments.pop()!
      await rm(path, { force: true }).catch(() => {})
      await broken(error)
      writing = undefined
    }
  }

  /** Oldest first and never past one that is needed: so a start that is kept has its end kept as well. */
  function dropSettled() {
    while (segments.length > 1 && segments[0]!.open.size === 0) {
      const { path } = segments.shift()!
      rm(path, { force: true }).catch((error: unknown) =>
        log.error({ err: error }, 'a journal file cannot be removed'),
      )
    }
  }

  return {
    get usable() {
      return usable
    },
    append: (line) =>
      new Promise((resolve, reject) => {
        waiting.push({ line, resolve, reject })
        if (writing || timer) return
        timer = setTimeout(() => {
          timer = undefined
          writing = write()
        }, GATHER_MS)
      }),
    settled(requestIds) {
      for (const { open } of segments) for (const id of requestIds) open.delete(id)
      dropSettled()
    },
    async close() {
      clearTimeout(timer)
      clearTimeout(probe)
      await writing
      await write()
      await file?.close()
      if (segments.every(({ open }) => open.size === 0)) {
        rmSync(folder, { recursive: true, force: true })
        rmSync(`${folder}.lock`, { force: true })
      }
      unlock()
    },
  }
}
