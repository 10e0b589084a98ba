import { expect, test } from 'vitest'
import { startServer, type ServerProcess } from '../support/server.ts'
import { signInBy } from '../support/signed-in.ts'
import { chunk, DONE, type Script, startUpstream, usage, usageChunk } from '../support/upstream.ts'

const STREAMS = 20

const ask = ({ url, token }: ServerProcess) =>
  fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'deepseek-v4-pro',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true },
    }),
  })

// LEDGER.md asks for a thousand streams: test/bench/many-streams.ts runs them; what a drain promises does not depend on it.
test('T39: SIGTERM with 20 live streams: new requests hear of it, no stream is cut, all are settled, and the exit code is 0', async () => {
  const env = { ALLOW_PRIVATE_UPSTREAMS: 'true', DRAIN_SECONDS: '30', LOG_LEVEL: 'fatal' }
  const server = await startServer(env)
  const admin = await signInBy(server.administratorLink, server)
  const demo = await signInBy(server.signInLink, server)
  const upstream = await startUpstream()
  let goOn!: () => void
  const released = new Promise<void>((resolve) => (goOn = resolve))
  const halfway: Script = async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk({ role: 'assistant', content: 'first half, ' }))
    await released
    response.end(chunk({ content: 'second half' }) + chunk({}, 'stop') + usageChunk(usage(7, 5)) + DONE)
  }
  upstream.answer(halfway)
  await admin(
    `mutation { createChannel(input: { name: "u", providerId: "deepseek", baseUrl: "${upstream.url}", keys: ["k"],
       models: [{ modelId: "deepseek-v4-pro", upstreamModel: "upstream-name" }] }) { channel { id } } }`,
  )

  const running = await Promise.all(Array.from({ length: STREAMS }, () => ask(server)))
  expect(running.map(({ status }) => status)).toEqual(Array(STREAMS).fill(200))
  const texts = running.map((response) => response.text())

  const ended = new Promise<number | null>((resolve) => server.process.once('exit', resolve))
  server.process.kill('SIGTERM')
  await expect.poll(() => fetch(`${server.url}/readyz`).then(({ status }) => status)).toBe(503)
  const refused = await ask(server)
  expect([refused.status, refused.headers.get('connection')]).toEqual([503, 'close'])
  expect(refused.headers.get('retry-after')).not.toBeNull()
  expect(((await refused.json()) as any).error.code).toBe('service_unavailable')

  goOn()
  for (const text of await Promise.all(texts)) {
    expect(text).toContain('second half')
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
  }
  expect(await ended).toBe(0)

  // The next start finds nothing to repair: everything had been settled before the process ended.
  const next = await startServer({ ...env, DATA_DIR: server.dataDir })
  const { viewer } = await demo(
    '{ viewer { usageRecords(first: 50) { edges { node { status source completionTokens } } } } }',
    {},
    next,
  )
  const settled = viewer.usageRecords.edges.map(({ node }: any) => node)
  expect(settled).toHaveLength(STREAMS)
  for (const record of settled)
    expect(record).toMatchObject({ status: 'SUCCEEDED', source: 'UPSTREAM', completionTokens: '5' })
  expect(await next.stop()).toBe(0)
  await server.stop()
}, 90_000)
