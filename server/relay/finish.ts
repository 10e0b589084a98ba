import type { CatalogModel } from '../catalog/catalog.ts'
import type { NotChargedReason, RunningCharge, Settled, TokenUsage } from '../ledger/billing.ts'
import type { Gate } from './gate.ts'
import type { ChatBody } from './body.ts'
import type { Attempt } from './dispatch.ts'
import { isPossible } from './plausible.ts'
import { countPrompt, countText } from './tokenizer.ts'

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
  { model, body, gate }: { model: CatalogModel; body: ChatBody; gate: Gate },
  ending: Ending,
): Promise<{ settled: Settled; usage: TokenUsage }> {
  const { status, errorCode, channelId, attempts, ttftMs, durationMs } = ending
  const detail = { status, errorCode, channelId, attempts, ttftMs, durationMs }
  const free = notChargedBecause(ending)
  if (free) {
    gate.used(0)
    const settled = await running.settle({
      usage: NO_USAGE,
      source: 'counted',
      notChargedBecause: free,
      detail,
    })
    return { settled, usage: NO_USAGE }
  }
  const { usage, source } = await usageOf(model, body, ending)
  gate.used(usage.promptTokens + usage.completionTokens)
  const settled = await running.settle({ usage, source, detail })
  return { settled, usage }
}

function notChargedBecause({ status, usage, text }: Ending): NotChargedReason | undefined {
  if (status === 'succeeded' || usage || text !== '') return undefined
  return status === 'cancelled' ? 'client_left_before_output' : 'failed_before_output'
}

/** The upstream's word where it is plausible; else, and for what it could not know yet, our own count. */
async function usageOf(
  model: CatalogModel,
  body: ChatBody,
  { status, usage: said, text }: Ending,
): Promise<{ usage: TokenUsage; source: 'upstream' | 'counted' }> {
  const usage = said && isPossible(said, { model, body, text }) ? said : undefined
  const saysNothing = usage?.completionTokens === 0 && text !== ''
  if (usage && status === 'succeeded' && !saysNothing) return { usage, source: 'upstream' }
  const completionTokens = await countText(model.tokenizer, text)
  if (usage && usage.completionTokens >= completionTokens) return { usage, source: 'upstream' }
  const promptTokens = usage?.promptTokens ?? (await countPrompt(model.tokenizer, body)).tokens
  const cachedTokens = usage?.cachedTokens ?? null
  return { usage: { promptTokens, cachedTokens, completionTokens, reasoningTokens: null }, source: 'counted' }
}
