/** The figures a report can be read by. */
export const METRICS = ['cost', 'requests', 'tokens'] as const
export type Metric = (typeof METRICS)[number]

interface Sums {
  requests: string
  promptTokens: string
  completionTokens: string
  cost: string
}

/** For charts and shares only: sums of money are the server's. */
export function valueOf(metric: Metric, sums: Sums): number {
  if (metric === 'cost') return Number(sums.cost)
  if (metric === 'requests') return Number(sums.requests)
  return Number(sums.promptTokens) + Number(sums.completionTokens)
}

/** Of a whole; undefined when there is no whole. */
export const shareOf = (part: number, whole: number) => (whole > 0 ? part / whole : undefined)

/** Growth from before to now; undefined from nothing. */
export const growthOf = (now: number, before: number) => (before > 0 ? (now - before) / before : undefined)
