import { createPubSub } from '@graphql-yoga/subscription'

/**
 * Every topic a subscription may listen to, and what travels on it. The first argument is the id of the
 * user it concerns, so nobody's filter ever runs over a stranger's event. Payloads are ids, not rows:
 * they cross processes, and who listens loads what they may see.
 */
export type Topics = {
  usageRecorded: [userId: string, payload: { sequence: bigint; requestId: string }]
  balanceChanged: [userId: string, payload: { sequence: bigint }]
  orderChanged: [userId: string, payload: { sequence: bigint; orderId: string }]
}

export interface Events {
  publish<T extends keyof Topics>(topic: T, userId: string, payload: Omit<Topics[T][1], 'sequence'>): void
  readonly pubSub: ReturnType<typeof createPubSub<Topics>>
}

/** In one process; with several, the wiring puts Redis between them. */
export function createEvents(): Events {
  const pubSub = createPubSub<Topics>()
  // Starts at the clock, so that a restarted server's numbers are still larger than those before.
  let sequence = BigInt(Date.now()) * 1_000n
  return {
    pubSub,
    publish(topic, userId, payload) {
      sequence += 1n
      pubSub.publish(topic, userId, { ...payload, sequence } as never)
    },
  }
}
