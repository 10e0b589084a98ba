import { useQuery, useSubscription } from '@urql/vue'
import { useDebounceFn, useIntervalFn } from '@vueuse/core'
import { computed, ref, watch } from 'vue'
import { failureOf } from '../graphql/errors.ts'
import { UsageQuery, UsageRecorded, UsageReportQuery, type UsageRow } from '../usage/usage.graphql.ts'
import { type Range, RANGES, windowOf } from './ranges.ts'

const FEED = 20
const REFRESH_MS = 1_000

/** What the dashboard shows, moved by `usageRecorded`: at most once a second, however many requests come. */
export function useDashboard() {
  const range = ref<Range>('1h')
  const now = ref(new Date())
  useIntervalFn(() => (now.value = new Date()), 60_000)

  const chartWindow = computed(() => windowOf(range.value, now.value))
  const report = useQuery({
    query: UsageReportQuery,
    variables: computed(() => isoWindow(chartWindow.value)),
  })
  const today = useQuery({ query: UsageReportQuery, variables: computed(() => isoWindow(dayOf(now.value))) })
  const recent = useQuery({ query: UsageQuery, variables: { first: FEED } })

  /** Requests that came while the page is open, newest first. */
  const live = ref<UsageRow[]>([])
  const refresh = useDebounceFn(
    () => {
      now.value = new Date()
      void report.executeQuery({ requestPolicy: 'network-only' })
      void today.executeQuery({ requestPolicy: 'network-only' })
    },
    REFRESH_MS / 4,
    { maxWait: REFRESH_MS },
  )
  const subscription = useSubscription({ query: UsageRecorded })
  watch(subscription.data, (event) => {
    if (!event) return
    live.value = [event.usageRecorded.record, ...live.value].slice(0, FEED)
    void refresh()
  })

  const feed = computed(() => {
    const known = recent.data.value?.viewer?.usageRecords.edges.map(({ node }) => node) ?? []
    const seen = new Set(live.value.map(({ id }) => id))
    return [...live.value, ...known.filter(({ id }) => !seen.has(id))].slice(0, FEED)
  })

  return {
    range,
    window: chartWindow,
    bucket: computed(() => RANGES[range.value].bucket),
    report: computed(() => report.data.value?.viewer?.usageReport),
    today: computed(() => today.data.value?.viewer?.usageReport.totals),
    feed,
    loading: computed(() => recent.fetching.value && !recent.data.value),
    failure: computed(() => failureOf(report.error.value ?? recent.error.value)),
    retry: () => void report.executeQuery({ requestPolicy: 'network-only' }),
  }
}

/** From midnight where the person is to the next one. */
function dayOf(now: Date) {
  const from = new Date(now.getFullYear(), now.getMonth(), now.getDate())
  const to = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1)
  return { from, to, bucketSeconds: 3_600 }
}

const isoWindow = ({ from, to, bucketSeconds }: { from: Date; to: Date; bucketSeconds: number }) => ({
  from: from.toISOString(),
  to: to.toISOString(),
  bucketSeconds,
})
