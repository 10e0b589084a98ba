import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  chat,
  connect,
  createToken,
  missing,
  sharedEnv,
  signIn,
  statusOf,
  until,
} from '../support/cluster.ts'
import { startRedis } from '../support/redis.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { chunk, hang, startUpstream } from '../support/upstream.ts'

describe.skipIf(missing)(`WORKERS=2${missing ? `: ${missing}` : ''}`, () => {
  const workersOf = ({ process }: ServerProcess) =>
    execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' })
      .split('\n')
      .map(Number)
      .filter(Boolean)

  test('serves; killed workers are replaced, their journals adopted; SIGTERM ends all with 0', async () => {
    const redis = await startRedis()
    const server = await startServer({ ...(await sharedEnv(redis)), WORKERS: '2' })
    try {
      const before = workersOf(server)
      expect(before).toHaveLength(2)
      expect(await statusOf(server, server.token)).toBe(200)
      // Whichever worker is asked answers for both.
      const metrics = () => fetch(`${server.url}/metrics`).then((answer) => answer.text())
      const served = /^pingtoken_answers_total\{code="200"\} 1$/m
      for (let i = 0; i < 4; i++) expect(await metrics()).toMatch(served)
      expect(await metrics()).toMatch(/^pingtoken_instances 2$/m)
      // One that does not answer is counted as it was.
      process.kill(before[0]!, 'SIGSTOP')
      await until(true, async () => served.test(await metricsSoon(server)), 20_000)
      process.kill(before[0]!, 'SIGCONT')

      const upstream = await startUpstream()
      upstream.answer(hang(chunk({ content: 'and then' })))
      const admin = await signIn(server, server.administratorLink)
      await admin.graphql(server, connect(upstream.url))
      let running: Response
      await until(true, async () => {
        running = await chat(server, server.token, { stream: true })
        if (upstream.heard.length === 0) await running.arrayBuffer()
        return upstream.heard.length > 0
      })
      const reader = running!.body!.getReader()
      await reader.read()
      const journals = readdirSync(join(server.dataDir, 'journal')).filter((name) => !name.endsWith('.lock'))
      for (const pid of before) process.kill(pid, 'SIGKILL')
      await reader.read().catch(() => undefined)

      await until(true, async () => {
        const after = workersOf(server)
        return after.length === 2 && after.every((pid) => !before.includes(pid))
      })
      const demo = await untilSignedIn(server)
      // What the dead had counted stays counted.
      expect(await metrics()).toMatch(/^pingtoken_answers_total\{code="200"\} [1-9]\d*$/m)
      const id = running!.headers.get('x-request-id')
      await until(
        'INTERRUPTED',
        async () => {
          const { viewer } = await demo.graphql(server, `{ viewer { usageRecord(id: "${id}") { status } } }`)
          return viewer.usageRecord?.status
        },
        20_000,
      )
      await until(
        true,
        async () => {
          const now = readdirSync(join(server.dataDir, 'journal'))
          return journals.every((name) => !now.includes(name))
        },
        20_000,
      )
    } finally {
      expect(await server.stop()).toBe(0)
      expect(server.process.signalCode).toBeNull()
      await redis.stop()
    }
  }, 60_000)

  test('limits are exact over the workers, and what is revoked opens nothing at any of them a second later', async () => {
    const redis = await startRedis()
    const server = await startServer({ ...(await sharedEnv(redis)), WORKERS: '2' })
    try {
      const demo = await signIn(server, server.signInLink)
      const { secret } = await createToken(demo.graphql, server, 60)
      const statuses = await Promise.all(Array.from({ length: 200 }, () => statusOf(server, secret)))
      expect(statuses.filter((status) => status === 200)).toHaveLength(60)
      expect(statuses.filter((status) => status === 429)).toHaveLength(140)

      const revoked = await createToken(demo.graphql, server)
      for (let i = 0; i < 4; i++) expect(await statusOf(server, revoked.secret)).toBe(200)
      await demo.graphql(
        server,
        `mutation { revokeApiToken(input: { id: "${revoked.id}" }) { apiToken { id } } }`,
      )
      // Requests go to the workers in turn: four refusals one after another are refusals of both.
      let inARow = 0
      const ms = await until(
        4,
        async () => (inARow = (await statusOf(server, revoked.secret)) === 401 ? inARow + 1 : 0),
      )
      expect(ms).toBeLessThan(1_000)
    } finally {
      expect(await server.stop()).toBe(0)
      await redis.stop()
    }
  }, 60_000)

  test('SIGTERM while a worker is only being born ends all with 0', async () => {
    const redis = await startRedis()
    const server = await startServer({ ...(await sharedEnv(redis)), WORKERS: '2' })
    try {
      const before = workersOf(server)
      process.kill(before[0]!, 'SIGKILL')
      await until(true, () => Promise.resolve(workersOf(server).some((pid) => !before.includes(pid))))
    } finally {
      expect(await server.stop()).toBe(0)
      await redis.stop()
    }
  }, 60_000)

  test('a fault that all workers have is told once, and ends the start', async () => {
    const redis = await startRedis()
    const env = await sharedEnv(redis)
    const first = await startServer({ ...env, WORKERS: '2' })
    try {
      const { port } = new URL(first.url)
      const second = startServer({ ...env, WORKERS: '2', PORT: port })
      await expect(second).rejects.toThrow(/ended with 1: [^]*EADDRINUSE/)
    } finally {
      expect(await first.stop()).toBe(0)
      await redis.stop()
    }
  }, 60_000)
})

/** Right after the workers were killed nobody may listen for a moment. */
async function untilSignedIn(server: ServerProcess) {
  let demo: Awaited<ReturnType<typeof signIn>> | undefined
  await until(true, async () => {
    demo = await signIn(server, server.signInLink)
    return true
  })
  return demo!
}

/** From whichever worker answers; one that is stopped does not. */
const metricsSoon = (server: ServerProcess) =>
  fetch(`${server.url}/metrics`, { signal: AbortSignal.timeout(3_000) }).then((answer) => answer.text())
