import { useQuery, useSubscription } from '@urql/vue'
import { useIntervalFn, useThrottleFn } from '@vueuse/core'
import { computed, ref, shallowRef, watch } from 'vue'
import { failureOf } from '../graphql/errors.ts'
import { useCatchUp } from '../graphql/live.ts'
import { UsageReportQuery } from '../usage/usage.graphql.ts'
import { type Cell, isGap, withDeltas } from './chart.ts'
import { TickSubscription } from './dashboard.graphql.ts'
import { type Range, RANGES, windowOf } from './ranges.ts'

/** A tick may tell of what a reading shortly before it has seen already. */
const TICK_DELAY_MS = 2_000
/** After such a tick everything is read again, this often at most. */
const RECONCILE_MS = 10_000

/** The chart's cells: read once for each window, then moved by ticks; read again after a gap. */
export function useLiveChart() {
  const range = ref<Range>('1h')
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
  }))
  const { data, error, executeQuery } = useQuery({ query: UsageReportQuery, variables })
  const deltas = shallowRef<Cell[]>([])
  let readAt = 0
  watch(data, () => {
    deltas.value = []
    readAt = Date.now()
  })

  const read = () => void executeQuery({ requestPolicy: 'network-only' })
  const reconcile = useThrottleFn(read, RECONCILE_MS, true, false)
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
      deltas.value = withDeltas(deltas.value, added)
      if (Date.now() - readAt < TICK_DELAY_MS) void reconcile()
    }
    last = sequence
  })

  const report = computed(() => data.value?.viewer?.usageReport)
  const cells = computed(() => withDeltas(report.value?.buckets ?? [], deltas.value))
  return {
    range,
    window: chartWindow,
    cells,
    series: computed(() => [
      ...new Set([...(report.value?.byModel ?? []), ...cells.value].map(({ model }) => model)),
    ]),
    loading: computed(() => !report.value),
    failure: computed(() => failureOf(error.value)),
    retry: read,
  }
}
