import { createHash } from 'node:crypto'
import type { ChatBody } from './body.ts'

/**
 * Remembers which channel key served a conversation last: the provider behind it still has the prompt in its cache,
 * and what is cached is answered sooner and costs less.
 */
export interface Affinity {
  /** The breaker id of the route that served it last. */
  servedBy(conversation: string): string | undefined
  served(conversation: string, breakerId: string): void
}

/** What was not used for longest is forgotten beyond this: a few megabytes at most. */
const CONVERSATIONS_MAX = 20_000

export function createAffinity(max = CONVERSATIONS_MAX): Affinity {
  const routes = new Map<string, string>()
  return {
    servedBy: (conversation) => routes.get(conversation),
    served(conversation, breakerId) {
      // A Map keeps the order of insertion: the first is the one not used for longest.
      routes.delete(conversation)
      routes.set(conversation, breakerId)
      if (routes.size > max) routes.delete(routes.keys().next().value!)
    },
  }
}

/** A long system prompt is recognised by its beginning. */
const RECOGNISED_CHARS = 2_000

/**
 * What the same conversation is known by from one turn to the next: the name that the client gives it, else its first
 * two messages. Never the same for two API tokens or models, and nothing can be read back from it.
 */
export function conversationOf(tokenId: string, modelId: string, body: ChatBody): string {
  const name = [body.prompt_cache_key, body.session_id, body.user].find((one) => typeof one === 'string')
  const sign = name ?? JSON.stringify(body.messages.slice(0, 2).map(beginning))
  return createHash('sha1').update(`${tokenId} ${modelId} ${sign}`).digest('base64')
}

const beginning = ({ role, content }: ChatBody['messages'][number]) => {
  const text = typeof content === 'string' ? content : partsOf(content)
  return [role, text.slice(0, RECOGNISED_CHARS)]
}

/** Texts alone: a picture may have megabytes. */
const partsOf = (content: unknown): string =>
  Array.isArray(content)
    ? content
        .map((part: { text?: unknown } | null) => (typeof part?.text === 'string' ? part.text : ''))
        .join()
    : ''
