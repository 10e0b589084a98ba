import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { missingPostgres, startPostgres } from '../support/postgres.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { growth } from './growth.ts'
import { type Figures, load, type Shape, type Target } from './load.ts'
import { manyStreams } from './many-streams.ts'
import { canPin, MEASURED_CORE, OTHER_CORE, pin } from './pin.ts'

const CONNECTIONS = 32
const EVENTS = 100
/** Long enough for any hold to be written meanwhile. */
const THINKING_MS = 20

/** The same load on the upstream itself, through a bare proxy, and through the gateway on both databases. */
export async function measureRelay() {
  pin(process.pid, OTHER_CORE)
  const upstream = await helper('upstream')
  const proxy = await helper('proxy', upstream.url)
  pin(proxy.process.pid!, MEASURED_CORE)
  const postgres = missingPostgres() ? undefined : await startPostgres({ fsync: true })
  const url =
    postgres && `postgres://postgres@localhost/postgres?host=${encodeURIComponent(postgres.socketDir)}`
  const embedded = await startGateway(upstream.url, {})
  const real = url === undefined ? undefined : await startGateway(upstream.url, { DATABASE_URL: url })
  const gateways: [string, Gateway][] = [['embedded database', embedded]]
  if (real) gateways.push(['PostgreSQL', real])
  const targets: [string, Target][] = [
    ['upstream itself', { url: upstream.url, tokens: [''] }],
    ['bare proxy', { url: proxy.url, tokens: [''] }],
    ...gateways,
  ]

  try {
    console.log(
      canPin ? 'What is measured is pinned to one core, the rest to the other.' : 'Nothing is pinned.',
    )
    await throughput(targets)
    await firstTokens(targets)
    await manyStreams(gateways)
    if (real) await growth(real, postgres!.socketDir)
  } finally {
    await embedded.stop()
    await real?.stop()
    upstream.process.kill()
    proxy.process.kill()
    await postgres?.stop()
  }
}

async function throughput(targets: [string, Target][]) {
  const streamed = { stream: true, mock: { events: EVENTS } }
  const shapes: [string, Shape, keyof Figures & ('requests' | 'events')][] = [
    ['requests/s, not streamed, 1 connection', { connections: 1 }, 'requests'],
    [`requests/s, not streamed, ${CONNECTIONS} connections`, { connections: CONNECTIONS }, 'requests'],
    [
      `events/s, streams of ${EVENTS}, ${CONNECTIONS} connections`,
      { connections: CONNECTIONS, ...streamed },
      'events',
    ],
  ]
  for (const [name, shape, unit] of shapes) {
    console.log(`\n| ${name} | a second | of the bare proxy | p50 ms | p99 ms | added p50 | added p99 |`)
    console.log('| --- | --- | --- | --- | --- | --- | --- |')
    const [direct, ...rest] = await each(targets, shape)
    const base = rest[0]![1]
    for (const [target, figures] of [direct!, ...rest]) {
      const { p50, p99 } = figures.whole
      const ratio = figures === direct![1] ? '' : `${Math.round((figures[unit] / base[unit]) * 100)} %`
      const added = [p50 - direct![1].whole.p50, p99 - direct![1].whole.p99]
      row(target, Math.round(figures[unit]), ratio, p50, p99, ...added)
    }
  }
}

/**
 * The hold is written while the upstream is asked. One that answers at once makes the first byte wait for the
 * hold; behind one that thinks first it is long written: the difference is what waiting for it costs.
 */
async function firstTokens(targets: [string, Target][]) {
  console.log(
    `\n| time to the first token added, 1 stream | upstream answers at once: p50 | p99 | after ${THINKING_MS} ms: p50 | p99 | waiting for the hold |`,
  )
  console.log('| --- | --- | --- | --- | --- | --- |')
  const shape = { connections: 1, stream: true }
  const [direct, ...atOnce] = await each(targets, shape)
  const [slow, ...thinking] = await each(targets, { ...shape, mock: { delay: THINKING_MS } })
  atOnce.forEach(([target, { first }], i) => {
    const later = thinking[i]![1].first
    const [now50, now99] = [first.p50 - direct![1].first.p50, first.p99 - direct![1].first.p99]
    const [later50, later99] = [later.p50 - slow![1].first.p50, later.p99 - slow![1].first.p99]
    row(target, now50, now99, later50, later99, now50 - later50)
  })
}

async function each(targets: [string, Target][], shape: Shape): Promise<[string, Figures][]> {
  const rows: [string, Figures][] = []
  for (const [name, target] of targets) rows.push([name, await load(target, shape)])
  return rows
}

export const row = (...cells: (string | number)[]) =>
  console.log(
    `| ${cells.map((cell) => (typeof cell === 'string' || cell > 1_000 ? cell : cell.toFixed(2))).join(' | ')} |`,
  )

async function helper(role: string, target = ''): Promise<{ url: string; process: ChildProcess }> {
  const child = fork(new URL('./helper.mjs', import.meta.url), [role, target])
  const [url] = (await once(child, 'message')) as [string]
  return { url, process: child }
}
