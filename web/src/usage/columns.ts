import type { UsageRow } from './usage.graphql.ts'

/** Of a table of requests; the time is always there. */
export const COLUMNS = [
  'model',
  'token',
  'protocol',
  'prompt',
  'cached',
  'completion',
  'ttft',
  'duration',
  'speed',
  'cost',
  'status',
] as const
export const USUAL_COLUMNS: readonly string[] = COLUMNS.filter((key) => key !== 'protocol')

/** LLM tokens a second while it was written; undefined where that is not known. */
export function speedOf({ completionTokens, ttftMs, durationMs }: UsageRow): number | undefined {
  if (ttftMs === null || durationMs === null || durationMs <= ttftMs) return undefined
  return Number(completionTokens) / ((durationMs - ttftMs) / 1_000)
}
