import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Sink } from '../relay/sink.ts'

/** How long, after the end of an answer, a caller may read nothing of what is left. */
const STUCK_MS = 30_000

/** A Node response as the relay's sink: back-pressure, and word of a caller who leaves. */
export function createSink(
  request: IncomingMessage,
  response: ServerResponse,
  headers: () => Record<string, string>,
  stuckMs = STUCK_MS,
): Sink {
  const gone = new AbortController()
  let lastWrite = performance.now()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  request.socket.setNoDelay(true)

  return {
    gone: gone.signal,
    get started() {
      return response.headersSent
    },
    start(status, more) {
      response.writeHead(status, { ...headers(), ...more })
    },
    write(text) {
      lastWrite = performance.now()
      if (response.destroyed || response.write(text)) return
      return new Promise((resolve) => {
        const done = () => {
          response.off('drain', done)
          response.off('close', done)
          resolve()
        }
        response.once('drain', done)
        response.once('close', done)
      })
    },
    keepAlive(silenceMs, sign = ': keep-alive\n\n') {
      if (performance.now() - lastWrite < silenceMs || response.writableNeedDrain) return
      lastWrite = performance.now()
      response.write(sign)
    },
    end(text) {
      // Counted from the last bytes that went out; the connection's next request has a time of its own.
      response.setTimeout(stuckMs, () => void response.destroy())
      response.prependOnceListener('finish', () => void response.setTimeout(0))
      response.end(text)
    },
    cut: () => void response.destroy(),
  }
}
