import { Redis } from 'ioredis'
import type { Log } from './log.ts'

/** What processes tell one another, and what travels with it: ids, never rows or secrets. */
export interface News {
  apiTokenChanged: { tokenId: string }
  /** The account, its plan or its standing. */
  userChanged: { userId: string }
  sessionEnded: { sessionId: string }
  accessKeyEnded: { keyId: string }
  catalogChanged: object
  /** An operator lets a resting channel be asked again. */
  channelReset: { channelId: string; keyId?: string | undefined }
  settingsChanged: object
  /** A GraphQL event; who listens is asked at its destination. */
  event: { topic: string; userId: string; payload: object }
}

/**
 * Carries news between the processes of one installation. What a process changed it knows itself: nothing
 * comes back to the one that told it. Without Redis there is one process, and nobody to tell.
 */
export interface Bus {
  /** To the others, after the commit. Never fails: what cannot be sent is made up for later. */
  tell<T extends keyof News>(topic: T, payload: News[T]): void
  hear<T extends keyof News>(topic: T, handler: (payload: News[T]) => void): void
  /** Called when news may have been missed, and again and again while none can come: read everything anew. */
  onDoubt(handler: () => void): void
  /** False while the channel is silent: whatever is remembered may be wrong, so ask the database. */
  readonly sure: boolean
  close(): Promise<void>
}

/** A process that hears not even itself for so long is deaf. */
const SILENT_MS = 2_000
const BEAT_MS = 500
const RECONNECT_MAX_MS = 500

interface Letter {
  from: string
  news: [topic: keyof News, payload: object][]
  /** The sender could not send for a while: nobody knows what. */
  doubt?: true
}

interface BusOptions {
  redisUrl: string | undefined
  /** Of this process: a new one for each start. */
  instanceId: string
  log: Log
}

/** For one process alone. */
export const lonely: Bus = { tell() {}, hear() {}, onDoubt() {}, sure: true, close: async () => {} }

export const createBus = (options: BusOptions): Bus =>
  options.redisUrl === undefined ? lonely : new RedisBus({ ...options, redisUrl: options.redisUrl })

class RedisBus implements Bus {
  private readonly sender: Redis
  private readonly receiver: Redis
  private readonly channel: string
  private readonly handlers = new Map<keyof News, ((payload: never) => void)[]>()
  private readonly doubters: (() => void)[] = []
  private readonly beating: NodeJS.Timeout
  private outbox: Letter['news'] = []
  private sending: NodeJS.Immediate | undefined
  /** Something could not be sent: the others must be told that they missed it. */
  private owed = false
  private heardAt = -Infinity
  private doubtedAt = performance.now()
  /** Since the last letter the connection was lost: others may have spoken meanwhile. */
  private interrupted = true
  private warned = false

  constructor(private readonly options: BusOptions & { redisUrl: string }) {
    const settings = {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: SILENT_MS,
      retryStrategy: (attempt: number) => Math.min(attempt * 50, RECONNECT_MAX_MS),
    }
    this.sender = new Redis(options.redisUrl, settings)
    this.receiver = new Redis(options.redisUrl, { ...settings, autoResubscribe: false })
    // Channels are not divided by database number as keys are.
    this.channel = `pingtoken:${this.receiver.options.db ?? 0}`
    for (const connection of [this.sender, this.receiver]) connection.on('error', (error) => this.warn(error))
    this.receiver.on('ready', () =>
      this.receiver.subscribe(this.channel).catch(() => this.receiver.disconnect(true)),
    )
    this.receiver.on('close', () => (this.interrupted = true))
    this.receiver.on('message', (_, text: string) => this.receive(JSON.parse(text) as Letter))
    this.sender.on('ready', () => this.send())
    this.beating = setInterval(() => this.beat(), BEAT_MS)
  }

  get sure() {
    return !this.interrupted && performance.now() - this.heardAt < SILENT_MS
  }

  tell<T extends keyof News>(topic: T, payload: News[T]) {
    this.outbox.push([topic, payload])
    // What else happens in this turn of the event loop goes along.
    this.sending ??= setImmediate(() => this.send())
  }

  hear<T extends keyof News>(topic: T, handler: (payload: News[T]) => void) {
    this.handlers.set(topic, [...(this.handlers.get(topic) ?? []), handler])
  }

  onDoubt(handler: () => void) {
    this.doubters.push(handler)
  }

  async close() {
    clearInterval(this.beating)
    clearImmediate(this.sending)
    await this.send()
    this.sender.disconnect()
    this.receiver.disconnect()
  }

  /** Heard by everybody, the sender first of all: so each knows that its own channel works. */
  private beat() {
    if (!this.sure && performance.now() - this.doubtedAt >= SILENT_MS) this.doubt()
    void this.send()
  }

  private async send(): Promise<void> {
    this.sending = undefined
    const letter: Letter = {
      from: this.options.instanceId,
      news: this.outbox,
      ...(this.owed && { doubt: true }),
    }
    this.outbox = []
    this.owed = false
    try {
      await this.sender.publish(this.channel, JSON.stringify(letter))
    } catch {
      this.owed ||= letter.doubt === true || letter.news.length > 0
    }
  }

  private receive({ from, news, doubt }: Letter) {
    const wasSure = this.sure
    this.heardAt = performance.now()
    this.interrupted = false
    if (!wasSure && this.warned) this.options.log.warn('Redis is back: the processes hear one another again')
    if (!wasSure) this.warned = false
    if (from === this.options.instanceId) {
      if (!wasSure) this.doubt()
      return
    }
    if (!wasSure || doubt) this.doubt()
    for (const [topic, payload] of news)
      for (const handler of this.handlers.get(topic) ?? []) handler(payload as never)
  }

  private doubt() {
    this.doubtedAt = performance.now()
    for (const handler of this.doubters) handler()
  }

  private warn(error: Error) {
    if (this.warned) return
    this.warned = true
    this.options.log.warn({ err: error }, 'Redis is away: limits count locally, caches are not believed')
  }
}

/** Reads something again whenever its news come or may have been missed; a failed reading is tried again. */
export function keepCurrent(
  { bus, log }: { bus: Bus; log: Log },
  topic: 'catalogChanged' | 'settingsChanged',
  read: () => Promise<void>,
): void {
  let retry: NodeJS.Timeout | undefined
  const again = () => {
    clearTimeout(retry)
    read().catch((error: unknown) => {
      log.warn({ err: error, topic }, 'a change made elsewhere could not be read; it is tried again')
      clearTimeout(retry)
      retry = setTimeout(again, SILENT_MS).unref()
    })
  }
  bus.hear(topic, again)
  bus.onDoubt(again)
}
