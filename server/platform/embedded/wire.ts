import type { PGlite } from '@electric-sql/pglite'
import { createServer, type Socket } from 'node:net'

/**
 * PGlite behind a unix socket, in PostgreSQL's wire protocol (documentation, chapter 55), as far as `pg`
 * speaks it: start-up, simple queries, and extended ones up to their Sync. Each such unit runs as a whole,
 * so connections cannot overwrite each other's unnamed statement; while one is inside a transaction, the
 * units of the others wait.
 */
export interface WireServer {
  stop(): Promise<void>
}

interface Unit {
  socket: Socket
  bytes: Buffer
}

const SSL_REQUEST = 80877103
const QUERY = 'Q'.charCodeAt(0)
const SYNC = 'S'.charCodeAt(0)
const TERMINATE = 'X'.charCodeAt(0)
const IDLE = 'I'.charCodeAt(0)

export async function serveWire(db: PGlite, path: string): Promise<WireServer> {
  const waiting: Unit[] = []
  const sockets = new Set<Socket>()
  /** Whose transaction is open. */
  let owner: Socket | undefined
  let running: Promise<void> | undefined

  async function run() {
    for (;;) {
      const next = waiting.findIndex(({ socket }) => owner === undefined || owner === socket)
      if (next === -1) return
      const [{ socket, bytes }] = waiting.splice(next, 1) as [Unit]
      const answer = Buffer.from(await db.execProtocolRaw(bytes))
      // Every unit ends with ReadyForQuery; its last byte says whether a transaction is open.
      owner = answer.at(-1) === IDLE ? undefined : socket
      if (!socket.destroyed) socket.write(answer)
      else if (owner === socket) await abandon()
    }
  }

  async function abandon() {
    owner = undefined
    await db.execProtocolRaw(message('Q', Buffer.from('ROLLBACK\0')))
  }

  function enqueue(unit: Unit) {
    waiting.push(unit)
    running ??= run().finally(() => (running = undefined))
  }

  function leave(socket: Socket) {
    sockets.delete(socket)
    for (let i = waiting.length - 1; i >= 0; i--) if (waiting[i]!.socket === socket) waiting.splice(i, 1)
    if (owner !== socket) return
    running = (running ?? Promise.resolve())
      .then(() => (owner === socket ? abandon() : undefined))
      .then(run)
      .finally(() => (running = undefined))
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => leave(socket))
    readUnits(socket, (bytes) => enqueue({ socket, bytes }))
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  return {
    async stop() {
      server.close()
      for (const socket of sockets) socket.end()
      await running
    },
  }
}

/** Calls back with each simple query, or each run of extended messages up to its Sync. */
function readUnits(socket: Socket, onUnit: (bytes: Buffer) => void) {
  let buffer: Buffer = Buffer.alloc(0)
  let started = false
  /** Where the next message of the unit under way begins. */
  let scanned = 0

  socket.on('data', (chunk: Buffer) => {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk])
    while (!started && buffer.length >= 8) {
      const length = buffer.readInt32BE(0)
      if (buffer.length < length) return
      const isSslRequest = buffer.readInt32BE(4) === SSL_REQUEST
      buffer = buffer.subarray(length)
      if (!isSslRequest) started = true
      socket.write(isSslRequest ? 'N' : GREETING)
    }
    while (started && buffer.length >= scanned + 5) {
      const type = buffer[scanned]!
      const end = scanned + 1 + buffer.readInt32BE(scanned + 1)
      if (buffer.length < end) return
      scanned = end
      if (type === TERMINATE) return void socket.end()
      if (type !== QUERY && type !== SYNC) continue
      onUnit(buffer.subarray(0, end))
      buffer = buffer.subarray(end)
      scanned = 0
    }
  })
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const parameter = (name: string, value: string) => message('S', Buffer.from(`${name}\0${value}\0`))

/** AuthenticationOk, what a client wants to know, BackendKeyData, ReadyForQuery. */
const GREETING = Buffer.concat([
  message('R', Buffer.alloc(4)),
  parameter('server_version', '18.0'),
  parameter('server_encoding', 'UTF8'),
  parameter('client_encoding', 'UTF8'),
  parameter('DateStyle', 'ISO, MDY'),
  parameter('integer_datetimes', 'on'),
  parameter('standard_conforming_strings', 'on'),
  message('K', Buffer.alloc(8)),
  message('Z', Buffer.from('I')),
])
