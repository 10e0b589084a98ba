import type { CatalogModel } from '../catalog/catalog.ts'
import type { NotChargedReason, RunningCharge, Settled, TokenUsage } from '../ledger/billing.ts'
import { formatCny } from '../platform/money.ts'
import type { ChatBody } from './body.ts'
import type { Attempt } from './dispatch.ts'
import { countPrompt, tokenizerFor } from './tokenizer.ts'

/** What came of a request, as it is settled, recorded and shown on the receipt. */
export interface Ending {
  status: 'succeeded' | 'failed' | 'cancelled' | 'interrupted'
  errorCode: string | null
  /** The upstream's own count; undefined: we count `text`. */
  usage: TokenUsage | undefined
  /** What the upstream gave: content, reasoning and tool calls, in that order of appearance. */
  text: string
  channelId: string | null
  attempts: Attempt[]
  ttftMs: number | null
  durationMs: number
}

export const NO_USAGE: TokenUsage = {
  promptTokens: 0,
  cachedTokens: null,
  completionTokens: 0,
  reasoningTokens: null,
}

/**
 * Settles exactly once, whatever happened. A complete answer costs its usage, even an empty one; what broke
 * off costs what was delivered; nothing delivered costs nothing.
 */
export async function finish(
  running: RunningCharge,
  { model, body }: { model: CatalogModel; body: ChatBody },
  ending: Ending,
): Promise<{ settled: Settled; usage: TokenUsage }> {
  const { status, errorCode, channelId, attempts, ttftMs, durationMs } = ending
  const detail = { status, errorCode, channelId, attempts, ttftMs, durationMs }
  const free = notChargedBecause(ending)
  if (free) {
    const settled = await running.settle({
      usage: NO_USAGE,
      source: 'counted',
      notChargedBecause: free,
      detail,
    })
    return { settled, usage: NO_USAGE }
  }
  const usage = ending.usage ?? (await countUsage(model, body, ending.text))
  const settled = await running.settle({ usage, source: ending.usage ? 'upstream' : 'counted', detail })
  return { settled, usage }
}

/** Decimal CNY as a JSON number for `usage.cost`: for people and dashboards; the receipt has the exact text. */
export const costNumber = ({ cost }: Settled) => Number(formatCny(cost))

function notChargedBecause({ status, usage, text }: Ending): NotChargedReason | undefined {
  if (status === 'succeeded' || usage || text !== '') return undefined
  return status === 'cancelled' ? 'client_left_before_output' : 'failed_before_output'
}

async function countUsage(model: CatalogModel, body: ChatBody, text: string): Promise<TokenUsage> {
  const count = await tokenizerFor(model.tokenizer)
  return {
    promptTokens: await countPrompt(model.tokenizer, body),
    cachedTokens: null,
    completionTokens: count(text),
    reasoningTokens: null,
  }
}
