/** Where an answer goes. The relay does not know which HTTP server is behind it. */
export interface Sink {
  /** Aborted when the caller has left before the end. */
  readonly gone: AbortSignal
  /** Whether the answer's head is out: from then on a failure can only be told inside the stream. */
  readonly started: boolean
  start(status: number, headers: Record<string, string>): void
  /** Waits while the caller is slow to read. Resolves, without writing, once the caller has left. */
  write(text: string): Promise<void> | void
  /** A comment, or another sign of life, when nothing was written for `silenceMs`. */
  keepAlive(silenceMs: number, sign?: string): void
  /** What a caller does not read for a while is not kept: the connection ends then. */
  end(text?: string): void
  /** Ends the connection without another byte. */
  cut(): void
}
