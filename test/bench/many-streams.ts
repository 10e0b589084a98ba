import { readFileSync } from 'node:fs'
import { Pool } from 'undici'
import type { Gateway } from './gateway.ts'
import { row } from './relay.ts'

const STREAMS = 1_000
const EVENTS = 200
const EVERY_MS = 50
const SETTLE_MS = 30_000

/** RELAY.md §7, LEDGER.md T42 by `npm run bench`: a thousand streams at once, 20 events a second each, for ten seconds. */
export async function manyStreams(gateways: [string, Gateway][]) {
  console.log(
    `\n| ${STREAMS} streams at once, an event every ${EVERY_MS} ms | complete | longest silence p50 ms | p99 | worst | KB a stream | settled |`,
  )
  console.log('| --- | --- | --- | --- | --- | --- | --- |')
  for (const [name, gateway] of gateways) {
    const before = { memory: residentKb(gateway.pid), settled: await settledBy(gateway) }
    const pool = new Pool(new URL(gateway.url).origin, { connections: STREAMS, pipelining: 1 })
    let peak = 0
    const watch = setInterval(() => (peak = Math.max(peak, residentKb(gateway.pid))), 500)
    const streams = await Promise.all(Array.from({ length: STREAMS }, (_, i) => readStream(pool, gateway, i)))
    clearInterval(watch)
    await pool.close()
    const silences = streams.map(({ silence }) => silence).toSorted((a, b) => a - b)
    const settled = await untilSettled(gateway, before.settled + STREAMS)
    row(
      name,
      String(streams.filter(({ complete }) => complete).length),
      silences[STREAMS / 2]!,
      silences[Math.floor(STREAMS * 0.99)]!,
      silences.at(-1)!,
      (peak - before.memory) / STREAMS,
      String(settled - before.settled),
    )
  }
}

/** Reads one stream; answers the longest time between two pieces of it, after its first. */
async function readStream(pool: Pool, { url, tokens }: Gateway, i: number) {
  const body = {
    model: 'deepseek-v4-pro',
    messages: [{ role: 'user', content: 'Hello, how are you?' }],
    stream: true,
    mock: { events: EVENTS, every: EVERY_MS },
  }
  const headers = {
    authorization: `Bearer ${tokens[i % tokens.length]}`,
    'content-type': 'application/json',
  }
  const path = `${new URL(url).pathname}/chat/completions`
  const answer = await pool.request({ method: 'POST', path, headers, body: JSON.stringify(body) })
  let [silence, last, tail] = [0, 0, '']
  for await (const piece of answer.body) {
    const now = performance.now()
    if (last > 0) silence = Math.max(silence, now - last)
    last = now
    tail = (tail + piece.toString()).slice(-20)
  }
  return { silence, complete: answer.statusCode === 200 && tail.endsWith('data: [DONE]\n\n') }
}

const residentKb = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)

/** How many requests the gateway says it has settled since it started. */
export async function settledBy({ url }: Gateway): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url))).text()
  return Number(/^pingtoken_settle_latency_seconds_count(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? 0)
}

async function untilSettled(gateway: Gateway, wanted: number): Promise<number> {
  const end = performance.now() + SETTLE_MS
  for (;;) {
    const settled = await settledBy(gateway)
    if (settled >= wanted || performance.now() > end) return settled
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
