import { useQuery, useSubscription } from '@urql/vue'
import { useThrottleFn } from '@vueuse/core'
import { computed, ref, shallowRef, watch } from 'vue'
import { failureOf } from '../graphql/errors.ts'
import { useCatchUp } from '../graphql/live.ts'
import { UsageQuery, UsageRecorded, type UsageRow } from '../usage/usage.graphql.ts'

const FEED = 20
const SHOW_MS = 250

/** The latest requests, newest first. While somebody points at them or is in them, what is new waits. */
export function useLiveFeed() {
  const { data, error, fetching, executeQuery } = useQuery({ query: UsageQuery, variables: { first: FEED } })
  const rows = shallowRef<UsageRow[]>([])
  const waiting = shallowRef<UsageRow[]>([])
  const pointed = ref(false)
  const focused = ref(false)
  const held = computed(() => pointed.value || focused.value)

  const merge = (newer: UsageRow[], older: UsageRow[]) => {
    const known = new Set(newer.map(({ id }) => id))
    return [...newer, ...older.filter(({ id }) => !known.has(id))]
      .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
      .slice(0, FEED)
  }
  function show() {
    rows.value = merge(waiting.value, rows.value)
    waiting.value = []
  }
  const showSoon = useThrottleFn(() => !held.value && show(), SHOW_MS, true, true)
  watch(
    data,
    (answer) => {
      const read = answer?.viewer?.usageRecords.edges.map(({ node }) => node) ?? []
      const shown = new Set(rows.value.map(({ id }) => id))
      if (!held.value || shown.size === 0) rows.value = merge(read, rows.value)
      else
        waiting.value = merge(
          read.filter(({ id }) => !shown.has(id)),
          waiting.value,
        )
    },
    { immediate: true },
  )
  watch(held, (isHeld) => !isHeld && show())

  const { asleep } = useCatchUp(() => void executeQuery({ requestPolicy: 'network-only' }))
  const recorded = useSubscription({ query: UsageRecorded, pause: asleep })
  watch(recorded.data, (event) => {
    if (!event) return
    waiting.value = merge([event.usageRecorded.record], waiting.value)
    void showSoon()
  })

  return {
    rows,
    pointed,
    focused,
    held,
    show,
    waiting: computed(() => waiting.value.length),
    isEmpty: computed(
      () => data.value !== undefined && rows.value.length === 0 && waiting.value.length === 0,
    ),
    loading: computed(() => fetching.value && !data.value),
    failure: computed(() => failureOf(error.value)),
    retry: () => void executeQuery({ requestPolicy: 'network-only' }),
  }
}
