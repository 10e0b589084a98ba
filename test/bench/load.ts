import { Pool } from 'undici'

const SECONDS = 4
/** A gateway runs for days: what is measured is code that its engine has compiled, which takes some ten thousand requests. */
const WARM_UP_SECONDS = 8

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
    let first = 0
    // The lowest level of the client: what it costs is taken from the core of PostgreSQL.
    await new Promise<void>((resolve, reject) =>
      pool.dispatch(
        { method: 'POST', path, headers, body },
        {
          onRequestStart() {},
          onResponseStart(_, status) {
            if (status !== 200) throw new Error(`${url} answered ${status}`)
          },
          onResponseData() {
            first ||= performance.now() - begun
          },
          onResponseEnd: () => resolve(),
          onResponseError: (_, error) => reject(error),
        },
      ),
    )
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
