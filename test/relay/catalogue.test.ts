import { afterAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import {
  breakAfter,
  chunk,
  DONE,
  hang,
  refuse,
  type Script,
  startUpstream,
  stream,
  type Upstream,
  usage,
  usageChunk,
} from '../support/upstream.ts'

/**
 * RELAY.md §5 with scaled clocks: 1 s there is about 120 ms here, except where a header counts real seconds. Shorter ones
 * would measure a busy machine.
 */
const TIMING = {
  firstToken: 2_000,
  firstTokenWithSpare: 800,
  whole: 5_000,
  wholeWithSpare: 3_000,
  idle: 800,
  idleWhileThinking: 800,
  total: 8_000,
  farewell: 800,
  keepAlive: 10_000,
  retryWait: 20,
  retryWaitMax: 2_500,
}
const role = chunk({ role: 'assistant', content: '' })
const words = (count: number) => Array.from({ length: count }, (_, i) => chunk({ content: `w${i} ` }))
const end = [chunk({}, 'stop'), usageChunk(usage(7, 60))]
const good = stream(role, ...words(60), ...end, DONE)
const silence: Script = () => undefined
const reset: Script = (_, { socket }) => void socket.resetAndDestroy()
const cut = breakAfter(role, ...words(40))
const late: Script = async (response, request) => {
  await new Promise((resolve) => setTimeout(resolve, 2_600))
  return good(response, request)
}

interface Met {
  status: number
  text: string
  ms: number
  attempts: number[]
  record: any
}

async function appWith(channels: number): Promise<{ world: TestApp; upstreams: Upstream[] }> {
  const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' }, { relayTiming: TIMING })
  const upstreams: Upstream[] = []
  for (let priority = 0; priority < channels; priority++) {
    const upstream = await startUpstream()
    await connectChannel(world, upstream, { priority })
    upstreams.push(upstream)
  }
  return { world, upstreams }
}

/** A server of its own for each meeting: breakers remember. */
async function meet(first: Script[], second?: Script, headers: Record<string, string> = {}): Promise<Met> {
  const { world, upstreams } = await appWith(second ? 2 : 1)
  upstreams[0]!.answer(...first)
  if (second) upstreams[1]!.answer(second)
  const customer = await createCustomer(world)
  const started = performance.now()
  const response = await customer.chat({ stream: true, stream_options: { include_usage: true } }, { headers })
  const text = await response.text()
  const ms = performance.now() - started
  await expect.poll(() => customer.records().then(({ length }) => length), { timeout: 5_000 }).toBe(1)
  const [record] = await customer.records()
  return { status: response.status, text, ms, record, attempts: upstreams.map(({ heard }) => heard.length) }
}

const answered = ({ status, text, record }: Met) => {
  expect([status, record.status]).toEqual([200, 'SUCCEEDED'])
  expect(text).toMatch(/data: \[DONE\]\n\n$/)
  expect(text.match(/"content":"w\d+ "/g)).toHaveLength(60)
}
/** Something was delivered, then told to be broken: an error event, no end, and only what came is charged. */
const honest = ({ status, text, record }: Met) => {
  expect(status).toBe(200)
  expect(text).toMatch(/data: \{"error":\{[^\n]*\}\}\n\n$/)
  expect(text).not.toContain('[DONE]')
  expect(text).not.toMatch(/"finish_reason":"\w/)
  expect(record.status).toBe('INTERRUPTED')
  expect(Number(record.completionTokens)).toBeLessThan(200)
}
const refusedFree = ({ status, record }: Met) => {
  expect(status).toBeGreaterThanOrEqual(500)
  expect(record.cost).toBe('0')
}
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)

interface Fault {
  id: string
  name: string
  script: Script[]
  alone(met: Met): void
  spare(met: Met): void
  /** What the opt-in buffered mode makes of it with a spare channel. */
  buffered?(met: Met): void
}

const faults: Fault[] = [
  {
    id: 'S01',
    name: '429 with Retry-After: 2, once',
    script: [refuse(429, 'slow', { 'retry-after': '2' }), good],
    alone: (met) => (answered(met), expect(met.ms).toBeGreaterThan(1_800)),
    spare: answered,
  },
  {
    id: 'S02',
    name: '429 for ever, no header',
    script: [refuse(429, 'slow')],
    alone: (met) => (refusedFree(met), expect(sum(met.attempts)).toBeLessThanOrEqual(4)),
    spare: (met) => (answered(met), expect(sum(met.attempts)).toBeLessThanOrEqual(6)),
  },
  { id: 'S03', name: '500 once', script: [refuse(500, 'oops'), good], alone: answered, spare: answered },
  {
    id: 'S04',
    name: '503 for ever',
    script: [refuse(503, 'down')],
    alone: (met) => (refusedFree(met), expect(sum(met.attempts)).toBeLessThanOrEqual(6)),
    spare: (met) => (answered(met), expect(sum(met.attempts)).toBeLessThanOrEqual(6)),
  },
  {
    id: 'S05',
    name: 'TCP reset before headers, once',
    script: [reset, good],
    alone: answered,
    spare: answered,
  },
  {
    id: 'S06',
    name: 'accepts, never answers',
    script: [silence],
    alone: (met) => (refusedFree(met), expect([met.status, met.attempts]).toEqual([504, [1]])),
    spare: (met) => (answered(met), expect(met.attempts).toEqual([1, 1])),
  },
  {
    id: 'S07',
    name: 'headers, first token late',
    script: [late],
    alone: (met) => (refusedFree(met), expect(met.ms).toBeLessThan(5_000)),
    spare: (met) => (answered(met), expect(met.ms).toBeLessThan(2_600)),
  },
  {
    id: 'S08',
    name: 'cut after 40 of 60 tokens',
    script: [cut],
    alone: honest,
    spare: honest,
    buffered: answered,
  },
  {
    id: 'S09',
    name: '20 tokens, then silence',
    script: [hang(role, ...words(20))],
    alone: (met) => (honest(met), expect(met.ms).toBeLessThan(5_000)),
    spare: honest,
    buffered: answered,
  },
  {
    id: 'S10',
    name: 'the tenth event is invalid JSON',
    script: [stream(role, ...words(8), 'data: {"choices": [{\n\n', ...words(50), ...end, DONE)],
    alone: honest,
    spare: honest,
    buffered: answered,
  },
  {
    id: 'S11',
    name: 'complete, but no [DONE]',
    script: [stream(role, ...words(60), ...end)],
    alone: answered,
    spare: answered,
  },
  ...(['S12', 'S13'] as const).map((id): Fault => {
    const reason = id === 'S12' ? 'maximum context length is 8 tokens' : 'blocked by the content policy'
    const passedOn = (met: Met) => {
      expect([met.status, sum(met.attempts), met.record.cost]).toEqual([400, 1, '0'])
      expect(met.text).toContain(reason)
    }
    return { id, name: `400 ${reason}`, script: [refuse(400, reason)], alone: passedOn, spare: passedOn }
  }),
]

const card: { id: string; name: string; mode: string; passed: boolean }[] = []

/** A row of the scorecard, whatever happens. */
async function scored(fault: { id: string; name: string }, mode: string, run: () => Promise<void>) {
  const row = { id: fault.id, name: fault.name, mode, passed: false }
  card.push(row)
  await run()
  row.passed = true
}

test.each(faults)('$id $name: one channel', (fault) =>
  scored(fault, 'one channel', async () => fault.alone(await meet(fault.script))),
)
test.each(faults)('$id $name: two channels', (fault) =>
  scored(fault, 'two channels', async () => fault.spare(await meet(fault.script, good))),
)
test.each(faults.filter(({ buffered }) => buffered))('$id $name: two channels, buffered', (fault) =>
  scored(fault, 'buffered', async () => {
    fault.buffered!(await meet(fault.script, good, { 'x-pingtoken-buffered': 'true' }))
  }),
)

const S14 = { id: 'S14', name: 'cut, and the fallback refuses' }
test('S14 cut, and the fallback refuses to continue: the first error is what the client reads', () =>
  scored(S14, 'two channels', async () => honest(await meet([cut], refuse(400, 'no')))))
test('S14 buffered, with a third answer there: the client reads an answer', () =>
  scored(S14, 'buffered', async () => {
    const { world, upstreams } = await appWith(3)
    upstreams[0]!.answer(cut)
    upstreams[1]!.answer(refuse(503, 'no'))
    upstreams[2]!.answer(good)
    const customer = await createCustomer(world)
    const answer = await customer.chat({ stream: true }, { headers: { 'x-pingtoken-buffered': 'true' } })
    expect(await answer.text()).toMatch(/data: \[DONE\]\n\n$/)
  }))

const S15 = { id: 'S15', name: '503 for a while, then healthy' }
test('S15 503 for a while, then healthy: served by the fallback, few probes, and back', () =>
  scored(S15, 'two channels', async () => {
    const { world, upstreams } = await appWith(2)
    upstreams[0]!.answer(refuse(503, 'down'))
    upstreams[1]!.answer(good)
    const customer = await createCustomer(world, { token: { requestsPerMinute: 1_000 } })
    for (let n = 0; n < 30; n++) expect((await customer.chat({ stream: true })).status).toBe(200)
    // After a few failures it is left alone.
    expect(upstreams[0]!.heard.length).toBeLessThanOrEqual(8)
  }))

const S16 = { id: 'S16', name: 'who answered, who pays' }
test('S16 who answered, who pays: the model asked for, usage, failed attempts free', () =>
  scored(S16, 'two channels', async () => {
    const met = await meet([refuse(500, 'oops')], good)
    answered(met)
    expect(met.text).toContain('"model":"qwen3-max"')
    expect(met.record).toMatchObject({ promptTokens: '7', completionTokens: '60', source: 'UPSTREAM' })
  }))

afterAll(() => {
  const rows = card.sort((a, b) => (a.id + a.mode < b.id + b.mode ? -1 : 1))
  const lines = rows.map(
    ({ id, name, mode, passed }) => `${passed ? 'pass' : 'FAIL'}  ${id}  ${mode.padEnd(13)} ${name}`,
  )
  process.stdout.write(
    `\nfault catalogue: ${rows.filter(({ passed }) => passed).length} of ${rows.length}\n${lines.join('\n')}\n`,
  )
})
