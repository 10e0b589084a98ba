import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

/** What an upstream sends, at the reader's pace: what nobody reads is not fetched. */
export interface UpstreamBody {
  /** Everything that has arrived since the last reading; undefined at the end. Rejects when it breaks. */
  read(): Promise<Buffer | undefined>
  /** The whole of it. Rejects when it is longer than `bytesMax`. */
  all(bytesMax: number): Promise<Buffer>
  /** Ends the connection; whoever reads is told. */
  destroy(): void
}

export interface UpstreamAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: UpstreamBody
}

/** Bytes that may wait for their reader. */
const WAITING_MAX = 64 * 1024

/**
 * One exchange at the client's lowest level: a stream of Node's for each answer costs a relay more than reading it.
 * Resolves with the answer's head; rejects when there is none, or when `signal` ends it first.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    const arriving = createArriving({
      pause: () => controller?.pause(),
      resume: () => controller?.resume(),
      destroy: () => controller?.abort(new Error('the answer is not wanted any more')),
    })
    const end = () => {
      const reason = new Error('the request was ended')
      controller?.abort(reason)
      reject(reason)
    }
    const over = (error?: Error) => {
      signal.removeEventListener('abort', end)
      arriving.over(error)
    }
    signal.addEventListener('abort', end)
    dispatcher.dispatch(request, {
      onRequestStart(given) {
        controller = given
        if (signal.aborted) end()
      },
      onResponseStart(_, status, headers) {
        if (status >= 200) resolve({ status, headers, body: arriving.body })
      },
      onResponseData: (_, piece) => arriving.add(piece),
      onResponseEnd: () => over(),
      onResponseError(_, error) {
        over(error)
        reject(error)
      },
    })
  })
}

interface Flow {
  pause(): void
  resume(): void
  destroy(): void
}

function createArriving({ pause, resume, destroy }: Flow) {
  let pieces: Buffer[] = []
  let waiting = 0
  let isPaused = false
  let ended = false
  let failure: Error | undefined
  let wake: (() => void) | undefined

  async function read(): Promise<Buffer | undefined> {
    while (pieces.length === 0) {
      if (failure) throw failure
      if (ended) return undefined
      await new Promise<void>((resolve) => (wake = resolve))
    }
    const all = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)
    pieces = []
    waiting = 0
    if (isPaused) {
      isPaused = false
      resume()
    }
    return all
  }

  const body: UpstreamBody = {
    read,
    async all(bytesMax) {
      const parts: Buffer[] = []
      let size = 0
      for (;;) {
        const part = await read()
        if (!part) return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
        parts.push(part)
        size += part.length
        if (size > bytesMax) throw new Error('the upstream answers without end')
      }
    },
    destroy,
  }
  return {
    body,
    add(piece: Buffer) {
      pieces.push(piece)
      waiting += piece.length
      if (waiting > WAITING_MAX && !isPaused) {
        isPaused = true
        pause()
      }
      wake?.()
    },
    over(error: Error | undefined) {
      ended = true
      failure = error
      wake?.()
    },
  }
}
