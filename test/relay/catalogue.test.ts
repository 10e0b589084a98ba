import { afterAll, expect, test } from 'vitest'
import { startServer } from '../support/server.ts'
import { signInBy } from '../support/signed-in.ts'
import { refuse, type Script, startUpstream, type Upstream } from '../support/upstream.ts'
import { answered, cut, type Fault, faults, good, honest, type Met } from './catalogue.ts'

/**
 * RELAY.md §5 with scaled clocks: 1 s there is about 100 ms here, except where a header counts real seconds. Shorter ones
 * would measure a busy machine. Each channel has them as an operator would set them.
 */
const TIMEOUTS = { firstToken: 2_000, idle: 800, total: 8_000 }
const SPARE_TIMEOUTS = { ...TIMEOUTS, firstToken: 800 }
const server = await startServer({ ALLOW_PRIVATE_UPSTREAMS: 'true', LOG_LEVEL: 'fatal' })
afterAll(() => server.stop())
const admin = await signInBy(server.administratorLink, server)
const demo = await signInBy(server.signInLink, server)
const MODEL = 'qwen3-max'
const connected: string[] = []

/** Upstreams behind channels of their own, in this order of priority: breakers remember. They replace those before. */
async function connect(scripts: Script[][]): Promise<Upstream[]> {
  for (const id of connected.splice(0))
    await admin(
      'mutation ($input: UpdateChannelInput!) { updateChannel(input: $input) { channel { id } } }',
      { input: { id, state: 'DISABLED' } },
    )
  const upstreams: Upstream[] = []
  for (const [priority, script] of scripts.entries()) {
    const upstream = await startUpstream()
    upstream.answer(...script)
    upstreams.push(upstream)
    const input = {
      name: upstream.url,
      providerId: 'alibaba',
      baseUrl: upstream.url,
      keys: ['sk-provider-secret-key'],
      models: [{ modelId: MODEL, upstreamModel: 'upstream-name' }],
      priority,
      timeouts: priority < scripts.length - 1 ? SPARE_TIMEOUTS : TIMEOUTS,
    }
    const { createChannel } = await admin(
      'mutation ($input: CreateChannelInput!) { createChannel(input: $input) { channel { id } } }',
      { input },
    )
    connected.push(createChannel.channel.id)
  }
  return upstreams
}

const chat = (headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${server.token}`, ...headers },
    body: JSON.stringify({
      model: MODEL,
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
      stream_options: { include_usage: true },
    }),
  })

const records = async (): Promise<any[]> => {
  const { viewer } = await demo(
    '{ viewer { usageRecords(first: 1) { edges { node { id status cost source promptTokens completionTokens } } } } }',
  )
  return viewer.usageRecords.edges.map(({ node }: any) => node)
}

async function meet(scripts: Script[][], headers: Record<string, string> = {}): Promise<Met> {
  const upstreams = await connect(scripts)
  const before = (await records())[0]?.id
  const started = performance.now()
  const response = await chat(headers)
  const text = await response.text()
  const ms = performance.now() - started
  await expect.poll(() => records().then(([record]) => record?.id)).not.toBe(before)
  const [record] = await records()
  return { status: response.status, text, ms, record, attempts: upstreams.map(({ heard }) => heard.length) }
}

const card: { id: string; name: string; mode: string; result: 'pass' | 'safe' | 'FAIL' }[] = []

/** A row of the scorecard, whatever happens. */
async function scored(
  { id, name, isSafe }: Pick<Fault, 'id' | 'name' | 'isSafe'>,
  mode: string,
  run: () => Promise<void>,
) {
  const row: (typeof card)[number] = { id, name, mode, result: 'FAIL' }
  card.push(row)
  await run()
  row.result = isSafe && mode !== 'buffered' ? 'safe' : 'pass'
}

test.each(faults)('$id $name: one channel', (fault) =>
  scored(fault, 'one channel', async () => fault.alone(await meet([fault.script]))),
)
test.each(faults)('$id $name: two channels', (fault) =>
  scored(fault, 'two channels', async () => fault.spare(await meet([fault.script, [good]]))),
)
test.each(faults.filter(({ buffered }) => buffered))('$id $name: two channels, buffered', (fault) =>
  scored(fault, 'buffered', async () => {
    fault.buffered!(await meet([fault.script, [good]], { 'x-pingtoken-buffered': 'true' }))
  }),
)

const S14 = { id: 'S14', name: 'cut, and the fallback refuses', isSafe: true as const }
test('S14 cut, and the fallback refuses to continue: the first error is what the client reads', () =>
  scored(S14, 'two channels', async () => honest(await meet([[cut], [refuse(400, 'no')]]))))
test('S14 buffered, with a third answer there: the client reads an answer', () =>
  scored(S14, 'buffered', async () =>
    answered(await meet([[cut], [refuse(503, 'no')], [good]], { 'x-pingtoken-buffered': 'true' })),
  ))

const S15 = { id: 'S15', name: '503 for a while, then healthy' }
test(
  'S15 503 for a while, then healthy: served by the fallback, few probes, and back within 30 s',
  () =>
    scored(S15, 'two channels', async () => {
      const [first] = await connect([[refuse(503, 'down')], [good]])
      for (let n = 0; n < 30; n++)
        answered({ ...(await answerOf(await chat())), record: { status: 'SUCCEEDED' } })
      // After a few failures it is left alone.
      expect(first!.heard.length).toBeLessThanOrEqual(8)
      first!.answer(good)
      const before = first!.heard.length
      await expect
        .poll(async () => (await answerOf(await chat())).status === 200 && first!.heard.length > before, {
          timeout: 30_000,
          interval: 500,
        })
        .toBe(true)
    }),
  60_000,
)

const S16 = { id: 'S16', name: 'who answered, who pays' }
test('S16 who answered, who pays: the model asked for, usage, failed attempts free', () =>
  scored(S16, 'two channels', async () => {
    const met = await meet([[refuse(500, 'oops')], [good]])
    answered(met)
    expect(met.text).toContain(`"model":"${MODEL}"`)
    expect(met.record).toMatchObject({ promptTokens: '7', completionTokens: '60', source: 'UPSTREAM' })
    const alone = await meet([[good]])
    expect(met.record.cost).toBe(alone.record.cost)
  }))

test('after all of them the server is the process that was started', async () => {
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  expect(server.process.exitCode).toBeNull()
})

async function answerOf(response: Response): Promise<Pick<Met, 'status' | 'text' | 'ms' | 'attempts'>> {
  return { status: response.status, text: await response.text(), ms: 0, attempts: [] }
}

afterAll(() => {
  const rows = card.sort((a, b) => (a.id + a.mode < b.id + b.mode ? -1 : 1))
  const lines = rows.map(({ id, name, mode, result }) => `${result}  ${id}  ${mode.padEnd(13)} ${name}`)
  process.stdout.write(
    `\nfault catalogue: ${rows.filter(({ result }) => result !== 'FAIL').length} of ${rows.length}\n${lines.join('\n')}\n`,
  )
})
