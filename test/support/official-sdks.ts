import type Anthropic from '@anthropic-ai/sdk'
import type OpenAI from 'openai'
import { expect } from 'vitest'
import { stream, type Upstream } from './upstream.ts'

const ask = { model: 'qwen3-max', max_tokens: 50, messages: [{ role: 'user' as const, content: 'Hello' }] }

/** What the official SDKs make of an upstream's stream, through the doors that translate it. */
export function officialSdks(
  { anthropic, openai }: { anthropic: Anthropic; openai: OpenAI },
  upstream: Upstream,
) {
  /** The blocks as Anthropic's SDK gathers them; it also sees that one is open at a time. */
  async function message(...events: string[]) {
    upstream.answer(stream(...events))
    const reading = anthropic.messages.stream(ask)
    let open = -1
    reading.on('streamEvent', (event) => {
      if (event.type === 'content_block_start') {
        expect(open).toBe(-1)
        open = event.index
      }
      if (event.type === 'content_block_delta') expect(event.index).toBe(open)
      if (event.type === 'content_block_stop') open = -1
    })
    const { content, stop_reason: reason } = await reading.finalMessage()
    return { reason, blocks: content.map(({ type, ...block }) => [type, block] as [string, any]) }
  }

  /** The items as OpenAI's SDK gathers them. */
  async function response(...events: string[]) {
    upstream.answer(stream(...events))
    const final = await openai.responses.stream({ model: 'qwen3-max', input: 'Hello' }).finalResponse()
    return { status: final.status, reason: final.incomplete_details?.reason, items: final.output as any[] }
  }

  return { message, response }
}
