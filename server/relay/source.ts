import { type Chunk, readChunk } from './chunk.ts'
import { createEventSplitter } from './sse.ts'
import type { UpstreamAnswer } from './upstream.ts'

/** The upstream fell silent for longer than its patience. */
export class SilenceError extends Error {}

/** An upstream's stream, pulled: what nobody reads is not fetched, so a slow caller slows the upstream. */
export interface Source {
  /**
   * The chunks of the next piece that arrives; undefined at the end. Rejects on a break, on bad JSON, and
   * with a SilenceError after `patienceMs` without a piece.
   */
  read(patienceMs?: number): Promise<Chunk[] | undefined>
  /** Lets a connection that has said everything be used again. */
  release(patienceMs: number): void
  close(): void
}

/** [DONE] ends the stream even when the connection stays open. */
export function createSource(answer: UpstreamAnswer, model: string): Source {
  const { body } = answer
  const splitter = createEventSplitter()
  const alarm = createAlarm(() => body.destroy())
  let done = false

  const chunksOf = (events: (string | undefined)[]): Chunk[] => {
    const chunks: Chunk[] = []
    for (const data of events) {
      if (data === undefined || done) continue
      if (data.trim() === '[DONE]') done = true
      else chunks.push(readChunk(data, model))
    }
    return chunks
  }
  const close = () => void body.destroy()

  return {
    async read(patienceMs) {
      if (done) return undefined
      if (patienceMs !== undefined) alarm.set(patienceMs)
      try {
        const piece = await body.read()
        if (piece) return chunksOf(splitter.push(piece))
        if (alarm.rang) throw new SilenceError('the upstream fell silent')
        const rest = chunksOf(splitter.end())
        done = true
        return rest.length > 0 ? rest : undefined
      } catch (error) {
        throw alarm.rang ? new SilenceError('the upstream fell silent') : error
      } finally {
        alarm.pause()
      }
    },
    release(patienceMs) {
      alarm.set(patienceMs)
      const readOn = async () => {
        while (await body.read());
      }
      readOn().then(alarm.clear, close)
    },
    close() {
      alarm.clear()
      close()
    },
  }
}

/** One timer, wound up again and again: a stream has thousands of events. */
function createAlarm(ring: () => void) {
  let timer: NodeJS.Timeout | undefined
  let delay = 0
  let armed = false
  const alarm = {
    rang: false,
    set(ms: number) {
      armed = true
      if (timer && ms === delay) return void timer.refresh()
      clearTimeout(timer)
      delay = ms
      timer = setTimeout(() => {
        if (!armed) return
        alarm.rang = true
        ring()
      }, ms)
    },
    /** While the caller is slow to read, the upstream's silence means nothing. */
    pause() {
      armed = false
    },
    clear() {
      armed = false
      clearTimeout(timer)
      timer = undefined
    },
  }
  return alarm
}
