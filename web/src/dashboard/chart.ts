import { addMoney } from '../i18n/format.ts'
import { type Metric, valueOf } from '../usage/metrics.ts'

/** What one model, or one API token, did in one bucket. */
export interface Cell {
  start: string
  key: string
  requests: string
  promptTokens: string
  completionTokens: string
  cost: string
}

interface Window {
  from: Date
  to: Date
  bucketSeconds: number
}

/** Cells with what ticks added to them; sums stay exact. */
export function withDeltas(cells: readonly Cell[], deltas: readonly Cell[]): Cell[] {
  const merged = new Map<string, Cell>()
  for (const cell of [...cells, ...deltas]) {
    const key = `${Date.parse(cell.start)} ${cell.key}`
    const known = merged.get(key)
    merged.set(key, known ? sumOf(known, cell) : cell)
  }
  return [...merged.values()]
}

const sumOf = (one: Cell, other: Cell): Cell => ({
  start: one.start,
  key: one.key,
  requests: String(BigInt(one.requests) + BigInt(other.requests)),
  promptTokens: String(BigInt(one.promptTokens) + BigInt(other.promptTokens)),
  completionTokens: String(BigInt(one.completionTokens) + BigInt(other.completionTokens)),
  cost: addMoney([one.cost, other.cost]),
})

/** Every bucket of the window, empty ones too: a chart whose time axis has holes lies. */
export function barsOf(cells: readonly Cell[], { from, to, bucketSeconds }: Window, metric: Metric) {
  const step = bucketSeconds * 1_000
  const bars = Array.from({ length: Math.round((to.getTime() - from.getTime()) / step) }, (_, i) => ({
    start: new Date(from.getTime() + i * step),
    values: {} as Record<string, number>,
  }))
  for (const cell of cells) {
    const bar = bars[Math.floor((Date.parse(cell.start) - from.getTime()) / step)]
    if (bar) bar.values[cell.key] = (bar.values[cell.key] ?? 0) + valueOf(metric, cell)
  }
  return bars
}

/**
 * Ticks are numbered 1, 2, 3 …; a new subscription begins anew. Answers whether one was lost before this one, so
 * that what they added has to be read.
 */
export const isGap = (sequence: string, last: string | undefined) =>
  sequence !== '1' && BigInt(sequence) !== BigInt(last ?? '0') + 1n
