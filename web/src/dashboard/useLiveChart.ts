import { useQuery, useSubscription } from '@urql/vue'
import { useIntervalFn } from '@vueuse/core'
import { computed, ref, watch } from 'vue'
import { failureOf } from '../graphql/errors.ts'
import { useCatchUp } from '../graphql/live.ts'
import { UsageReportQuery } from '../usage/usage.graphql.ts'
import { type Cell, isGap, withDeltas } from './chart.ts'
import { TickSubscription } from './dashboard.graphql.ts'
import { type Range, RANGES, windowOf } from './ranges.ts'
import { useDeltas } from './useDeltas.ts'

/** The chart's cells: read once for each window, then moved by ticks; read again after a gap. */
export function useLiveChart() {
  const range = ref<Range>('1h')
  const by = ref<'MODEL' | 'API_TOKEN'>('MODEL')
  const byToken = computed(() => by.value === 'API_TOKEN')
  const now = ref(new Date())
  const chartWindow = computed(() => windowOf(range.value, now.value))
  const bucketSeconds = computed(() => RANGES[range.value].bucket)
  useIntervalFn(() => {
    // A new bucket slides in; the window changes only when one begins.
    if (Date.now() >= chartWindow.value.to.getTime()) now.value = new Date()
  }, 1_000)

  const variables = computed(() => ({
    from: chartWindow.value.from.toISOString(),
    to: chartWindow.value.to.toISOString(),
    bucketSeconds: bucketSeconds.value,
    byToken: byToken.value,
  }))
  // What is remembered of another view lacks the ticks since.
  const { data, error, fetching, stale, executeQuery } = useQuery({
    query: UsageReportQuery,
    variables,
    requestPolicy: 'cache-and-network',
  })

  const read = () => void executeQuery({ requestPolicy: 'network-only' })
  const { deltas, add, reconcile } = useDeltas({ fetching, stale, read })
  watch(by, () => (deltas.value = []))
  const { asleep } = useCatchUp(read)
  const tick = useSubscription({
    query: TickSubscription,
    variables: computed(() => ({ bucketSeconds: bucketSeconds.value })),
    pause: asleep,
  })
  let last: string | undefined
  watch(tick.data, (event) => {
    if (!event) return
    const { sequence, deltas: added } = event.usageTick
    if (isGap(sequence, last)) read()
    else {
      const cells = added.map((delta) => ({ ...delta, key: byToken.value ? delta.apiTokenId : delta.model }))
      add(cells)
      // The name of an API token that was not there before is not in a tick.
      if (byToken.value && cells.some(({ key }) => !names.value.has(key))) reconcile()
    }
    last = sequence
  })

  const report = computed(() => data.value?.viewer?.usageReport)
  const tokenBuckets = computed(() => (byToken.value && report.value?.tokenBuckets) || [])
  const names = computed(() => new Map(tokenBuckets.value.map(({ apiTokenId, name }) => [apiTokenId, name])))
  const known = computed<Cell[]>(() =>
    byToken.value
      ? tokenBuckets.value.map((bucket) => ({ ...bucket, key: bucket.apiTokenId }))
      : (report.value?.buckets ?? []).map((bucket) => ({ ...bucket, key: bucket.model })),
  )
  const cells = computed(() => withDeltas(known.value, deltas.value))
  return {
    range,
    by,
    nameOf: (key: string) => names.value.get(key) ?? key,
    window: chartWindow,
    cells,
    series: computed(() => [
      ...new Set([
        ...(byToken.value ? [] : (report.value?.byModel ?? []).map(({ model }) => model)),
        ...cells.value.map(({ key }) => key),
      ]),
    ]),
    loading: computed(() => !report.value),
    failure: computed(() => failureOf(error.value)),
    retry: read,
  }
}
