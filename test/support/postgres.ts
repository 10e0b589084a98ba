import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../../server/database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A real PostgreSQL with a migrated template database; or why there is none. */
    postgres: { socketDir: string } | { missing: string }
  }
}

export interface PostgresServer {
  socketDir: string
  /** SIGKILL to every process of the server, as a power cut would look to it. */
  kill(): Promise<void>
  /** Starts again on the same data: crash recovery runs. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** False (tests): a crash of the machine may lose data, a crash of the process may not. */
  fsync: boolean
}

const DEBIAN = '/usr/lib/postgresql'
const TEMPLATE = 'pingtoken_template'

/** vitest's globalSetup: one server a run, one template; `inject('postgres')` says where. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const missing = missingPostgres()
  if (missing) {
    provide('postgres', { missing })
    return async () => {}
  }
  const server = await startPostgres({ fsync: false })
  const admin = await connect(server.socketDir, 'postgres')
  await admin.query(`CREATE DATABASE ${TEMPLATE}`)
  await (await openDatabase({ socketDir: server.socketDir, name: TEMPLATE })).close()
  await admin.end()
  provide('postgres', { socketDir: server.socketDir })
  return () => server.stop()
}

/** Why no real PostgreSQL can be started here; undefined when one can. */
export function missingPostgres(): string | undefined {
  if (!binaries()) return `no PostgreSQL server below ${DEBIAN}`
  if (process.getuid?.() === 0 && !postgresUser())
    return 'PostgreSQL refuses to run as root and there is no user postgres'
  return undefined
}

/** A database of the caller's own, copied from the template. */
export async function createPostgresDatabase(socketDir: string, name: string): Promise<void> {
  const admin = await connect(socketDir, 'postgres')
  await admin.query(`CREATE DATABASE "${name}" TEMPLATE ${TEMPLATE}`)
  await admin.end()
}

/** A server of its own on a unix socket in a temporary folder, no TCP. It checks that it is the one it started. */
export async function startPostgres({ fsync }: PostgresOptions): Promise<PostgresServer> {
  const bin = binaries()!
  const owner = process.getuid?.() === 0 ? postgresUser() : undefined
  const folder = mkdtempSync(join(tmpdir(), 'pg-'))
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const dataDir = join(folder, 'data')
  const initdb = ['-D', dataDir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  await promisify(execFile)(join(bin, 'initdb'), initdb, { ...owner, cwd: folder })

  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    fsync: fsync ? 'on' : 'off',
    max_connections: '60',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  let server: ChildProcess | undefined
  let exited = Promise.resolve()
  const end = async (signal: 'SIGKILL' | 'SIGINT') => {
    const children = signal === 'SIGKILL' ? childrenOf(server!.pid!) : []
    server!.kill(signal)
    for (const pid of children) killQuietly(pid)
    await exited
  }
  const start = async () => {
    do {
      server = spawn(join(bin, 'postgres'), ['-D', dataDir, ...args], {
        ...owner,
        cwd: folder,
        stdio: 'ignore',
      })
      exited = new Promise((resolve) => server!.once('exit', () => resolve()))
      // After a kill the last of its processes may still hold the shared memory: it refuses, and is asked again.
    } while (!(await isReady(folder, dataDir, server)))
  }
  await start()
  return {
    socketDir: folder,
    start,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const ATTEMPT_MS = 20

/** Resolves when it answers, or with false when it gave up. Throws when another server answers. */
async function isReady(socketDir: string, dataDir: string, server: ChildProcess): Promise<boolean> {
  while (server.exitCode === null) {
    const client = await connect(socketDir, 'postgres').catch(() => undefined)
    if (client) {
      const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
      await client.end()
      if (rows[0]?.data_directory !== dataDir) throw new Error('another PostgreSQL answers on our socket')
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, ATTEMPT_MS))
  }
  return false
}

async function connect(socketDir: string, database: string): Promise<Client> {
  const client = new Client({ host: socketDir, user: 'postgres', database })
  client.on('error', () => {})
  await client.connect()
  return client
}

function binaries(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined
  const newest = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))
  return newest
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'postgres')))
}

function postgresUser(): { uid: number; gid: number } | undefined {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }))
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}

function childrenOf(pid: number): number[] {
  const out = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  return out.split('\n').map(Number).filter(Boolean)
}

function killQuietly(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went with its parent.
  }
}
