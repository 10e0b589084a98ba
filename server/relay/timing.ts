import type { ChannelTimeouts } from '../catalog/channel.entity.ts'

/** How long the relay waits for what, in milliseconds. Tests scale it down. */
export interface RelayTiming {
  /** To a connection, with its TLS. */
  connect: number
  /** A stream's first token. */
  firstToken: number
  /** The same while another channel is free to take over. */
  firstTokenWithSpare: number
  /** A whole, non-streamed answer: nothing is heard of it before its end. */
  whole: number
  wholeWithSpare: number
  /** Between two events of a stream. */
  idle: number
  idleWhileThinking: number
  /** From admission to the end, whatever happens. */
  total: number
  /** After the last word, how long an upstream may take to say [DONE]. */
  farewell: number
  /** Silence after which the caller is sent a comment. */
  keepAlive: number
  /** Before the only channel is asked again, when it does not say how long. */
  retryWait: number
  /** The longest wait that an upstream may ask for; above it the caller is told instead. */
  retryWaitMax: number
}

export const RELAY_TIMING: RelayTiming = {
  connect: 5_000,
  firstToken: 60_000,
  firstTokenWithSpare: 10_000,
  whole: 300_000,
  wholeWithSpare: 120_000,
  idle: 30_000,
  idleWhileThinking: 60_000,
  total: 15 * 60_000,
  farewell: 5_000,
  keepAlive: 15_000,
  retryWait: 300,
  retryWaitMax: 5_000,
}

/** The patience between two events as a channel has it: twice as long after reasoning or tool calls began. */
export const timingOf = (timing: RelayTiming, { idle }: ChannelTimeouts): RelayTiming =>
  idle === undefined ? timing : { ...timing, idle, idleWhileThinking: 2 * idle }
