/** Why a request ends before its answer does. */
export type StopReason = 'left' | 'late' | 'fenced' | 'draining'

/** One signal for everything that can end a request early. */
export interface Stop {
  readonly signal: AbortSignal
  /** Undefined while the request may go on. */
  readonly reason: StopReason | undefined
  end(reason: StopReason): void
  /** In so many ms it is late, unless it is so sooner. */
  within(ms: number): void
  /** Forgets timer and listeners: the signals it listens to outlive the request. */
  release(): void
}

export interface StopOptions {
  /** The caller has left. */
  gone: AbortSignal
  /** This process may not write any more. */
  fenced: AbortSignal
  /** Milliseconds the whole request may take. */
  total: number
}

export function createStop({ gone, fenced, total }: StopOptions): Stop {
  const controller = new AbortController()
  let reason: StopReason | undefined
  const end = (why: StopReason) => {
    if (reason) return
    reason = why
    controller.abort()
  }
  const onGone = () => end('left')
  const onFenced = () => end('fenced')
  const late = () => end('late')
  let due = performance.now() + total
  let timer = setTimeout(late, total)
  gone.addEventListener('abort', onGone)
  fenced.addEventListener('abort', onFenced)
  if (gone.aborted) onGone()
  if (fenced.aborted) onFenced()

  return {
    signal: controller.signal,
    get reason() {
      return reason
    },
    end,
    within(ms) {
      const sooner = performance.now() + ms
      if (sooner >= due) return
      due = sooner
      clearTimeout(timer)
      timer = setTimeout(late, Math.max(ms, 0))
    },
    release() {
      clearTimeout(timer)
      gone.removeEventListener('abort', onGone)
      fenced.removeEventListener('abort', onFenced)
    },
  }
}
