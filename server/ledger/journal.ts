import { mkdirSync, rmSync, writeSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { lockDirectory } from '../platform/embedded/directory-lock.ts'
import type { Log } from '../platform/log.ts'
import { encodeLine, type JournalLine, requestIdOf } from './journal.lines.ts'
import type { ChargeRow } from './settlement.ts'

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
  /** Writes an end again, so that a request that cannot be settled does not keep every file since. */
  carry(row: ChargeRow): Promise<void>
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

/** Throws when the folder cannot be made or another process holds it. */
export const openJournal = (options: JournalOptions): Journal => new JournalFiles(options)

class JournalFiles implements Journal {
  usable = true
  private readonly folder: string
  private readonly unlock: () => void
  private readonly segments: Segment[] = []
  private readonly waiting: Waiting[] = []
  private file: FileHandle | undefined
  private made = 0
  private writing: Promise<void> | undefined
  private gathering: NodeJS.Immediate | undefined
  private probe: NodeJS.Timeout | undefined

  constructor(private readonly options: JournalOptions) {
    this.folder = join(options.directory, options.instanceId)
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    this.unlock = lockDirectory(this.folder)
  }

  append(line: JournalLine): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ line, resolve, reject })
      if (this.writing || this.gathering) return
      // What else comes in this turn of the event loop goes along; what comes during the write goes next.
      this.gathering = setImmediate(() => {
        this.gathering = undefined
        this.writing ??= this.write()
      })
    })
  }

  settled(requestIds: string[]) {
    for (const { open } of this.segments) for (const id of requestIds) open.delete(id)
    this.dropSettled()
  }

  async carry(row: ChargeRow) {
    await this.append({ kind: 'usage', row })
    for (const { open } of this.segments.slice(0, -1)) open.delete(row.request_id)
    this.dropSettled()
  }

  async close() {
    clearImmediate(this.gathering)
    clearTimeout(this.probe)
    await this.writing
    await this.write()
    clearTimeout(this.probe)
    await this.file?.close()
    if (this.segments.every(({ open }) => open.size === 0)) {
      rmSync(this.folder, { recursive: true, force: true })
      rmSync(`${this.folder}.lock`, { force: true })
    }
    this.unlock()
  }

  private async write() {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0)
      try {
        if (!this.usable) throw new Error('the journal cannot be written')
        await this.writeLines(batch.map(({ line }) => line))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        if (this.usable) await this.break(error)
        for (const { reject } of batch) reject(error)
      }
    }
    this.writing = undefined
    this.dropSettled()
  }

  private async writeLines(lines: JournalLine[]) {
    const { segmentBytes = SEGMENT_BYTES } = this.options
    const last = this.segments.at(-1)
    const segment = this.file && last && last.bytes < segmentBytes ? last : await this.nextSegment()
    for (const line of lines) segment.open.add(requestIdOf(line))
    const bytes = Buffer.from(lines.map(encodeLine).join(''))
    // Into the page cache, in microseconds: handing it to a thread and back costs more than the writing.
    for (let written = 0; written < bytes.length;) written += writeSync(this.file!.fd, bytes, written)
    segment.bytes += bytes.length
  }

  private async nextSegment(): Promise<Segment> {
    await this.file?.close().catch(() => {})
    this.file = undefined
    this.made += 1
    const path = join(this.folder, `${this.made.toString().padStart(8, '0')}.log`)
    const segment = { path, open: new Set<string>(), bytes: 0 }
    this.segments.push(segment)
    this.file = await open(path, 'a', 0o600)
    return segment
  }

  /** A part of a line may have been written: the next attempt is made in a new file. */
  private async break(error: unknown) {
    const { log, probeMs = PROBE_MS } = this.options
    if (this.usable)
      log.error({ err: error }, 'the journal cannot be written: no request is admitted until it can')
    this.usable = false
    await this.file?.close().catch(() => {})
    this.file = undefined
    this.probe = setTimeout(() => {
      this.writing = (this.writing ?? Promise.resolve()).then(() => this.tryAgain())
    }, probeMs)
  }

  private async tryAgain() {
    try {
      await this.nextSegment()
      await this.file!.appendFile('\n')
      this.usable = true
      this.options.log.warn('the journal can be written again')
    } catch (error) {
      const { path } = this.segments.pop()!
      await rm(path, { force: true }).catch(() => {})
      await this.break(error)
    }
    await this.write()
  }

  /** Oldest first and never past one that is needed: so a start that is kept has its end kept as well. */
  private dropSettled() {
    while (this.segments.length > 1 && this.segments[0]!.open.size === 0) {
      const { path } = this.segments.shift()!
      try {
        rmSync(path, { force: true })
      } catch (error) {
        this.options.log.error({ err: error }, 'a journal file cannot be removed')
      }
    }
  }
}
