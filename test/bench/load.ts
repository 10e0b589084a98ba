import { Pool } from 'undici'

const SECONDS = 4
const WARM_UP_SECONDS = 1.5

export interface Target {
  /** Base URL of the chat completions. */
  url: string
  /** Enough of them that no limit per token is met. */
  tokens: string[]
}

export interface Shape {
  connections: number
  stream?: boolean
  /** What the mock upstream does; the gateway passes unknown fields on. */
  mock?: { delay?: number; events?: number }
}

export interface Figures {
  requests: number
  /** Of streams, a second. */
  events: number
  /** Milliseconds: to the first byte of the body, and to its end. */
  first: Percentiles
  whole: Percentiles
}

export interface Percentiles {
  p50: number
  p99: number
}

/** Requests one after another on each connection. Throws when one is refused: that would measure refusals. */
export async function load({ url, tokens }: Target, { connections, ...asked }: Shape): Promise<Figures> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const path = `${pathname.replace(/\/$/, '')}/chat/completions`
  const messages = [{ role: 'user', content: 'Hello, how are you?' }]
  const body = JSON.stringify({ model: 'deepseek-v4-pro', messages, ...asked })
  const firsts: number[] = []
  const wholes: number[] = []
  let turn = 0

  async function one(): Promise<[first: number, whole: number]> {
    const begun = performance.now()
    const authorization = `Bearer ${tokens[turn++ % tokens.length]}`
    const headers = { authorization, 'content-type': 'application/json' }
    const answer = await pool.request({ method: 'POST', path, headers, body })
    if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`)
    let first = 0
    for await (const _ of answer.body) first ||= performance.now() - begun
    return [first, performance.now() - begun]
  }
  async function run(seconds: number, keep: boolean) {
    const end = performance.now() + seconds * 1_000
    const client = async () => {
      while (performance.now() < end) {
        const [first, whole] = await one()
        if (!keep) continue
        firsts.push(first)
        wholes.push(whole)
      }
    }
    await Promise.all(Array.from({ length: connections }, client))
  }
  await run(WARM_UP_SECONDS, false)
  await run(SECONDS, true)
  await pool.close()
  const requests = wholes.length / SECONDS
  const events = requests * (asked.mock?.events ?? 1)
  return { requests, events, first: percentiles(firsts), whole: percentiles(wholes) }
}

function percentiles(list: number[]): Percentiles {
  const sorted = list.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}
