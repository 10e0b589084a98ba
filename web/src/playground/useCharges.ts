import { useClientHandle } from '@urql/vue'
import { computed, onScopeDispose, ref } from 'vue'
import { addMoney } from '../i18n/format.ts'
import { UsageRecordQuery } from '../usage/usage.graphql.ts'
import type { ChatUsage } from './sse.ts'

/** What one request was charged: CNY as a decimal string. */
export interface Charge {
  cost: string
  promptTokens: string
  completionTokens: string
}

/** `asking`: the server still settles it. `unknown`: it cannot be found out here, the usage page knows. */
export type ChargeState = Charge | 'asking' | 'unknown'

const ASK_MS = 1_000
const TRIES = 20
/** As many decimals as a nano-CNY has: the JSON number is read back exactly. */
const DECIMALS = 9

/** What the conversation's requests were charged, also those that were stopped, and also when they are deleted. */
export function useCharges() {
  const { client } = useClientHandle()
  const costs = ref<string[]>([])
  const open = ref(0)
  let conversation = 0
  let gone = false
  onScopeDispose(() => (gone = true))

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
  async function receiptOf(requestId: string | undefined): Promise<ChargeState> {
    const mine = conversation
    open.value += 1
    for (let tries = 0; requestId && tries < TRIES && !gone; tries += 1) {
      const { data } = await client
        .query(UsageRecordQuery, { id: requestId }, { requestPolicy: 'network-only' })
        .toPromise()
      const record = data?.viewer?.usageRecord
      if (record) {
        if (mine === conversation) {
          open.value -= 1
          costs.value.push(record.cost)
        }
        return record
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_MS))
    }
    return 'unknown'
  }

  function clear() {
    conversation += 1
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
