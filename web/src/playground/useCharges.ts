import { useClientHandle } from '@urql/vue'
import { computed } from 'vue'
import { addMoney } from '../i18n/format.ts'
import { UsageQuery, UsageRecordQuery } from '../usage/usage.graphql.ts'
import type { Conversation } from './conversation.ts'
import type { ChatUsage } from './sse.ts'

/** What one request was charged: CNY as a decimal string. */
export interface Charge {
  cost: string
  promptTokens: string
  completionTokens: string
}

/** `asking`: the server still settles it. `unknown`: it cannot be found out here, the usage page knows. */
export type ChargeState = Charge | 'asking' | 'unknown'

/** Which request: by its id, or else as the one that was stopped since. */
type Asked = { requestId: string } | Since
interface Since {
  apiTokenId: string
  since: Date
}

const FRESH = { requestPolicy: 'network-only' } as const
const ASK_MS = 1_000
const TRIES = 20
/** As many decimals as a nano-CNY has: the JSON number is read back exactly. */
const DECIMALS = 9

/** What the conversation's requests were charged, also those that were stopped, and also when they are deleted. */
export function useCharges({ costs, open, turn }: Pick<Conversation, 'costs' | 'open' | 'turn'>) {
  const { client } = useClientHandle()

  function settled(usage: ChatUsage): Charge {
    const cost = usage.cost.toFixed(DECIMALS)
    costs.value.push(cost)
    return {
      cost,
      promptTokens: String(usage.prompt_tokens),
      completionTokens: String(usage.completion_tokens),
    }
  }

  /** Asks for the receipt of a request that told no usage itself, until it is settled. */
  async function receiptOf(asked: Asked): Promise<ChargeState> {
    const mine = turn.value
    open.value += 1
    let record: Charge | undefined
    for (let tries = 0; !record && tries < TRIES; tries += 1) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, ASK_MS))
      record = await ('requestId' in asked ? recordOf(asked.requestId) : stoppedSince(asked))
    }
    if (mine === turn.value) {
      open.value -= 1
      if (record) costs.value.push(record.cost)
    }
    return record ?? 'unknown'
  }

  async function recordOf(id: string): Promise<Charge | undefined> {
    const { data } = await client.query(UsageRecordQuery, { id }, FRESH).toPromise()
    return data?.viewer?.usageRecord ?? undefined
  }

  /** Who stops before the answer's head has come does not know its id: it is the only one that was stopped since. */
  async function stoppedSince({ apiTokenId, since }: Since): Promise<Charge | undefined> {
    const filter = { apiTokenId, from: since.toISOString(), status: 'CANCELLED' as const }
    const { data } = await client.query(UsageQuery, { first: 2, filter }, FRESH).toPromise()
    const [one, another] = data?.viewer?.usageRecords.edges ?? []
    return another ? undefined : one?.node
  }

  function clear() {
    turn.value += 1
    costs.value = []
    open.value = 0
  }

  return {
    /** Added as whole nano-CNY; undefined before the first charge. */
    total: computed(() => (costs.value.length > 0 ? addMoney(costs.value) : undefined)),
    /** Requests whose charge is not in the total yet. */
    open,
    settled,
    receiptOf,
    clear,
  }
}
