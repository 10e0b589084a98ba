import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { TokenizerName } from '../catalog/model.entity.ts'

/** `exact` is false when counting stopped because it was enough. */
export interface Counted {
  tokens: number
  exact: boolean
}

export interface CountRequest {
  id: number
  tokenizer: TokenizerName
  texts: string[]
  /** Above this many tokens nobody cares how many more there are. */
  enough: number
}

/** What a message costs beside its text: role and separators (OpenAI's cookbook counts 3 to 4). */
const TOKENS_PER_MESSAGE = 4

type Prompt = { messages: unknown[]; tools?: unknown }

/** Counts a prompt: every text in the messages and the tools, and a little for each message. */
export async function countPrompt(
  tokenizer: TokenizerName,
  body: Prompt,
  enough = Infinity,
): Promise<Counted> {
  const extra = body.messages.length * TOKENS_PER_MESSAGE
  const { tokens, exact } = await count({ tokenizer, texts: [...promptTexts(body)], enough: enough - extra })
  return { tokens: tokens + extra, exact }
}

export async function countText(tokenizer: TokenizerName, text: string): Promise<number> {
  return text === '' ? 0 : (await count({ tokenizer, texts: [text], enough: Infinity })).tokens
}

/** The bytes of a prompt's texts: no tokeniser of ours makes more than one token of a byte. */
export function promptBytes(body: Prompt): number {
  let bytes = body.messages.length * TOKENS_PER_MESSAGE
  for (const text of promptTexts(body)) bytes += Buffer.byteLength(text)
  return bytes
}

function* promptTexts({ messages, tools }: Prompt): Generator<string> {
  for (const message of messages) {
    const { content, reasoning_content, tool_calls } = message as Record<string, unknown>
    if (typeof content === 'string') yield content
    else if (Array.isArray(content))
      for (const part of content as ({ text?: unknown } | null)[])
        if (typeof part?.text === 'string') yield part.text
    if (typeof reasoning_content === 'string') yield reasoning_content
    if (tool_calls) yield JSON.stringify(tool_calls)
  }
  if (tools) yield JSON.stringify(tools)
}

type Waiting = { resolve(counted: Counted): void; reject(error: Error): void }

const waiting = new Map<number, Waiting>()
let worker: Worker | undefined
let lastId = 0

/**
 * A thread of its own: loading a tokeniser takes half a second and a long prompt takes more, and meanwhile
 * other people's streams must flow. It starts with the first count and does not keep the process alive.
 */
function count(request: Omit<CountRequest, 'id'>): Promise<Counted> {
  worker ??= startWorker()
  const id = ++lastId
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    worker!.ref()
    worker!.postMessage({ id, ...request } satisfies CountRequest)
  })
}

function startWorker(): Worker {
  const started = new Worker(workerFile())
  const giveUp = (error: Error) => {
    if (worker === started) worker = undefined
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  started.on('message', ({ id, counted, fault }: { id: number; counted?: Counted; fault?: string }) => {
    const { resolve, reject } = waiting.get(id)!
    waiting.delete(id)
    if (waiting.size === 0) started.unref()
    if (counted) resolve(counted)
    else reject(new Error(fault))
  })
  started.on('error', giveUp)
  started.on('exit', () => giveUp(new Error('the tokeniser stopped')))
  return started
}

/** Built, the worker is a file beside main.js; run from the sources, it is beside this file. */
function workerFile(): URL {
  const built = new URL('./tokenizer.worker.js', import.meta.url)
  const chunked = new URL('../tokenizer.worker.js', import.meta.url)
  return [built, chunked].find((url) => existsSync(url)) ?? new URL('./tokenizer.worker.ts', import.meta.url)
}
