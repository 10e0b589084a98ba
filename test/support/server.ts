import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFlags } from '../../scripts/node-flags.mjs'

export interface ServerProcess {
  url: string
  /** What the server printed on stdout. */
  output: string
  /** The demo user's API token. */
  token: string
  /** The demo user's one-time sign-in link. */
  signInLink: string
  /** The first administrator's one-time link; empty when there is one already. */
  administratorLink: string
  dataDir: string
  process: ChildProcess
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>
}

/** The built server as a user starts it: a process of its own, an embedded database in a folder of its own. */
export async function startServer(env: Record<string, string> = {}): Promise<ServerProcess> {
  const port = await freePort()
  const folder = env.DATA_DIR ? undefined : mkdtempSync(join(tmpdir(), 'pingtoken-test-'))
  const dataDir = env.DATA_DIR ?? join(folder!, 'data')
  const child = spawn(process.execPath, [...nodeFlags, 'dist/server/main.js'], {
    env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { output, errors } = collect(child)
  await untilReady(child, () => /^(Sign in: |Set up the first administrator).*\n/m.test(output.text), errors)
  const line = (pattern: RegExp) => pattern.exec(output.text)?.[1] ?? ''
  return {
    url: `http://127.0.0.1:${port}`,
    get output() {
      return output.text
    },
    token: line(/^API token: (\S+)$/m),
    signInLink: line(/^Sign in as the demo user \(once\): (\S+)$/m),
    administratorLink: line(/^Set up the first administrator \(once\): (\S+)$/m),
    dataDir,
    process: child,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
      if (folder) rmSync(folder, { recursive: true, force: true })
      return child.exitCode
    },
  }
}

/** Runs the server until it ends by itself, as it must with a bad configuration. */
export async function runServer(
  env: Record<string, string>,
): Promise<{ code: number | null; errors: string }> {
  const child = spawn(process.execPath, ['dist/server/main.js'], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { errors } = collect(child)
  await new Promise((resolve) => child.once('close', resolve))
  return { code: child.exitCode, errors: errors.text }
}

/**
 * A port that stays free until its server listens: below the ports the kernel gives out itself (Linux: 32768 and
 * up), which another test's upstream or connection could be given in between.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_000)
  const server = createServer()
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (!isFree) return freePort()
  await new Promise((resolve) => server.close(resolve))
  return port
}

function collect(child: ChildProcess) {
  const output = { text: '' }
  const errors = { text: '' }
  child.stdout!.on('data', (chunk: Buffer) => (output.text += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => (errors.text += chunk.toString()))
  return { output, errors }
}

function untilReady(child: ChildProcess, isReady: () => boolean, errors: { text: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', () => isReady() && resolve())
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${errors.text}`)))
  })
}
