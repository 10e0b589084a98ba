import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface RedisServer {
  /** As REDIS_URL takes it. */
  url: string
  /** SIGKILL: everything it knew is gone. */
  kill(): Promise<void>
  start(): Promise<void>
  /** It lives and does not answer, as behind a broken network. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

/** Why no Redis can be started here; undefined when one can. */
export function missingRedis(): string | undefined {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'no redis-server in PATH'
  }
}

/** A server of its own on a unix socket in a temporary folder, no TCP, nothing on disk. */
export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const socket = join(folder, 'redis.sock')
  const args = ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no', '--dir', folder]
  let server: ChildProcess | undefined

  async function start() {
    server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    for await (const text of server.stdout!) if (/ready to accept connections/i.test(String(text))) break
  }
  const kill = async () => {
    const exited = once(server!, 'exit')
    server!.kill('SIGKILL')
    await exited
  }
  await start()
  return {
    url: `unix://${socket}`,
    start,
    kill,
    freeze: () => void server!.kill('SIGSTOP'),
    thaw: () => void server!.kill('SIGCONT'),
    async stop() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
