import { type Chunk, readChunk } from './chunk.ts'
import type { RelayTiming } from './dispatch.ts'
import { createEventSplitter } from './sse.ts'
import type { UpstreamAnswer } from './upstream.ts'

/** The upstream fell silent for longer than its patience. */
export class SilenceError extends Error {}

/** An upstream's stream, pulled: what nobody reads is not fetched, so a slow caller slows the upstream. */
export interface Source {
  /** The chunks of the next piece that arrives; undefined at the end. Rejects on a break, a silence, bad JSON. */
  read(): Promise<Chunk[] | undefined>
  /** After the last word: how long the rest may take. */
  expectFarewell(): void
  close(): void
}

/** [DONE] ends the stream even when the connection stays open. */
export function createSource(answer: UpstreamAnswer, model: string, timing: RelayTiming): Source {
  const bytes = (answer.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  const splitter = createEventSplitter()
  let done = false
  let patience = timing.idle
  let silent = false
  let farewell = false
  // Undici reports a destroyed body as an error of its own, to nobody in particular.
  answer.body.on('error', () => undefined)

  const chunksOf = (events: (string | undefined)[]): Chunk[] => {
    const chunks: Chunk[] = []
    for (const data of events) {
      if (data === undefined || done) continue
      if (data.trim() === '[DONE]') {
        done = true
        continue
      }
      const chunk = readChunk(data, model)
      if (chunk.thinking) patience = timing.idleWhileThinking
      chunks.push(chunk)
    }
    return chunks
  }

  return {
    async read() {
      if (done) return undefined
      const wait = farewell ? timing.farewell : patience
      const alarm = setTimeout(() => {
        silent = true
        answer.body.destroy()
      }, wait)
      try {
        const { value, done: ended } = await bytes.next()
        if (ended) {
          if (silent) throw new SilenceError('the upstream fell silent')
          const rest = chunksOf(splitter.end())
          done = true
          return rest.length > 0 ? rest : undefined
        }
        return chunksOf(splitter.push(value))
      } catch (error) {
        throw silent ? new SilenceError('the upstream fell silent') : error
      } finally {
        clearTimeout(alarm)
      }
    },
    expectFarewell: () => void (farewell = true),
    close: () => void answer.body.destroy(),
  }
}
