import { Repeater, SlidingBuffer } from '@graphql-yoga/subscription'
import type { Bus } from './bus.ts'

/**
 * Every topic a subscription may listen to, and what travels on it. The first argument is the id of the
 * user it concerns, so nobody's filter ever runs over a stranger's event. Payloads are ids, not rows:
 * they cross processes, and who listens loads what they may see.
 */
export type Topics = {
  usageRecorded: [userId: string, payload: { sequence: bigint; requestId: string }]
  balanceChanged: [userId: string, payload: { sequence: bigint }]
  orderChanged: [userId: string, payload: { sequence: bigint; orderId: string }]
  /** Null: nothing new, but something was read or taken back. Announcements concern EVERYONE. */
  notificationReceived: [userId: string, payload: { sequence: bigint; noticeId: string | null }]
}

/** Stands for a user's id where something concerns all of them. */
export const EVERYONE = 'everyone'

/** Who listens to this one hears a topic whoever it concerns: for operators only. */
export const ANYONE = 'anyone'

export interface Events {
  publish<T extends keyof Topics>(topic: T, userId: string, payload: Omit<Topics[T][1], 'sequence'>): void
  readonly pubSub: PubSub
}

/** What type-graphql and subscriptions listen to. */
export interface PubSub {
  publish(topic: keyof Topics, userId: string, payload: object): void
  subscribe<T extends keyof Topics>(topic: T, userId: string): AsyncIterableIterator<Topics[T][1]>
  /** Answers how to stop. */
  listen<T extends keyof Topics>(topic: T, userId: string, hear: (payload: Topics[T][1]) => void): () => void
}

/** Events kept for a listener that reads slowly; then the oldest go. */
const BACKLOG_MAX = 256

function createPubSub(): PubSub {
  const listeners = new Map<string, Set<(payload: never) => void>>()
  const pubSub: PubSub = {
    publish(topic, userId, payload) {
      for (const whose of [userId, ANYONE])
        for (const hear of listeners.get(`${topic} ${whose}`) ?? []) hear(payload as never)
    },
    subscribe<T extends keyof Topics>(topic: T, userId: string) {
      return new Repeater<Topics[T][1]>(async (push, stop) => {
        const unlisten = pubSub.listen(topic, userId, (payload) => void push(payload))
        await stop
        unlisten()
      }, new SlidingBuffer(BACKLOG_MAX))
    },
    listen(topic, userId, hear) {
      const key = `${topic} ${userId}`
      const heard = listeners.get(key) ?? new Set()
      listeners.set(key, heard.add(hear))
      return () => {
        heard.delete(hear)
        if (heard.size === 0 && listeners.get(key) === heard) listeners.delete(key)
      }
    },
  }
  return pubSub
}

/** What happens here is told to the listeners of every process; each numbers what its own listeners get. */
export function createEvents(bus?: Bus): Events {
  const pubSub = createPubSub()
  let sequence = 0n

  /** Never behind the clock, so that a listener who moves to another process sees larger numbers as well. */
  function deliver(topic: keyof Topics, userId: string, payload: object) {
    const clock = BigInt(Date.now()) * 1_000n
    sequence = sequence < clock ? clock : sequence + 1n
    pubSub.publish(topic, userId, { ...payload, sequence })
  }

  bus?.hear('event', ({ topic, userId, payload }) => deliver(topic as keyof Topics, userId, payload))
  return {
    pubSub,
    publish(topic, userId, payload) {
      deliver(topic, userId, payload)
      bus?.tell('event', { topic, userId, payload })
    },
  }
}
