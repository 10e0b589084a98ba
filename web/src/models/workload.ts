import { nanoOf, receiptOf } from '../docs/receipt.ts'
import type { Model } from './models.graphql.ts'

/** What somebody expects to ask for on an ordinary day. */
export interface Workload {
  requestsPerDay: number
  promptTokens: number
  completionTokens: number
  /** Of the prompt, 0 to 100. */
  cachedPercent: number
}

const DAYS = 30n
const WHOLE = 1_000_000n

/** What it costs in thirty days with this model, in nano-CNY: at the viewer's own prices where they have some. */
export function monthlyCost(
  { price, viewerPrice }: Pick<Model, 'price' | 'viewerPrice'>,
  workload: Workload,
): bigint {
  const { input, cachedInput, output } = viewerPrice ?? price
  const prices = {
    input: nanoOf(input),
    cachedInput: cachedInput === null ? null : nanoOf(cachedInput),
    output: nanoOf(output),
    discountPpm: WHOLE,
  }
  const promptTokens = BigInt(workload.promptTokens)
  const { cost } = receiptOf(prices, {
    promptTokens,
    cachedTokens: (promptTokens * BigInt(workload.cachedPercent)) / 100n,
    completionTokens: BigInt(workload.completionTokens),
  })
  return cost * BigInt(workload.requestsPerDay) * DAYS
}
