import { useClientHandle, useQuery, useSubscription } from '@urql/vue'
import { useThrottleFn } from '@vueuse/core'
import { computed, ref, watch } from 'vue'
import { dataOf, failureOf } from '../graphql/errors.ts'
import { useCatchUp } from '../graphql/live.ts'
import { useAction } from '../ui/useAction.ts'
import { usePages } from '../ui/usePages.ts'
import {
  CreateToken,
  RevokeToken,
  RotateToken,
  type Token,
  TokensQuery,
  TokenUsed,
  UpdateToken,
} from './tokens.graphql.ts'

export interface TokenSettings {
  name: string
  note: string | null
  expiresAt: string | null
  models: string[]
  requestsPerMinute: number | null
  ipAllowList: string[]
  tokensPerMinute: number | null
  concurrency: number | null
  /** In CNY. */
  capDay: string | null
  capWeek: string | null
  capMonth: string | null
}

const PAGE = 20
/** However many requests come, the list is read this often at most. */
const REFRESH_MS = 2_000

export function useTokens() {
  const { client } = useClientHandle()
  const status = ref<Token['status'] | 'ALL'>('ALL')
  const search = ref('')
  const pages = usePages(PAGE)
  watch([status, search], () => void pages.reset())

  const variables = computed(() => ({
    ...pages.page.value,
    status: status.value === 'ALL' ? undefined : status.value,
    search: search.value || undefined,
  }))
  const { data, fetching, error, executeQuery } = useQuery({ query: TokensQuery, variables })
  const connection = computed(() => data.value?.viewer?.apiTokens)

  const read = () => void executeQuery({ requestPolicy: 'network-only' })
  const refresh = useThrottleFn(read, REFRESH_MS, true, true)
  const { asleep } = useCatchUp(read)
  const recorded = useSubscription({ query: TokenUsed, pause: asleep })
  watch(recorded.data, (event) => event && void refresh())

  /** The secret just made. It exists only here, until the person says it is saved. */
  const secret = ref<string>()

  const create = useAction(async (settings: TokenSettings) => {
    const made = dataOf(
      await client.mutation(CreateToken, { input: settings }, { requestPolicy: 'network-only' }),
    )
    secret.value = made.createApiToken.secret
    read()
  })

  const update = useAction(async (id: string, settings: Partial<TokenSettings> & { paused?: boolean }) => {
    dataOf(await client.mutation(UpdateToken, { input: { id, ...settings } }))
  })

  const rotate = useAction(async (id: string, graceHours: number) => {
    const made = dataOf(
      await client.mutation(RotateToken, { input: { id, graceHours } }, { requestPolicy: 'network-only' }),
    )
    secret.value = made.rotateApiToken.secret
  })

  const revoke = useAction(async (id: string) => {
    dataOf(await client.mutation(RevokeToken, { input: { id } }))
    read()
  })

  return {
    status,
    search,
    pages,
    tokens: computed(() => connection.value?.edges.map(({ node }) => node) ?? []),
    pageInfo: computed(() => connection.value?.pageInfo),
    planLimit: computed(() => data.value?.viewer?.requestsPerMinute),
    loading: fetching,
    failure: computed(() => failureOf(error.value)),
    retry: read,
    secret,
    create,
    update,
    rotate,
    revoke,
  }
}
