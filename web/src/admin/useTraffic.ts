import { useQuery, useSubscription } from '@urql/vue'
import { useIntervalFn } from '@vueuse/core'
import { computed, ref, shallowRef, watch } from 'vue'
import { type Cell, isGap, withDeltas } from '../dashboard/chart.ts'
import { type Range, RANGES, windowOf } from '../dashboard/ranges.ts'
import { useDeltas } from '../dashboard/useDeltas.ts'
import { failureOf } from '../graphql/errors.ts'
import { useCatchUp } from '../graphql/live.ts'
import { addMoney } from '../i18n/format.ts'
import { type TrafficPoint, TrafficQuery, TrafficSubscription } from './traffic.graphql.ts'

/** Everybody's requests: read once for each window, then moved by ticks; read again after a gap. */
export function useTraffic() {
  const range = ref<Range>('1h')
  const now = ref(new Date())
  const chartWindow = computed(() => windowOf(range.value, now.value))
  const bucketSeconds = computed(() => RANGES[range.value].bucket)
  useIntervalFn(() => {
    if (Date.now() >= chartWindow.value.to.getTime()) now.value = new Date()
  }, 1_000)

  const variables = computed(() => ({
    from: chartWindow.value.from.toISOString(),
    to: chartWindow.value.to.toISOString(),
    bucketSeconds: bucketSeconds.value,
  }))
  // What is remembered of another view lacks the ticks since.
  const { data, error, fetching, stale, executeQuery } = useQuery({
    query: TrafficQuery,
    variables,
    requestPolicy: 'cache-and-network',
  })
  const running = shallowRef<{ runningRequests: number; liveStreams: number }>()
  watch(data, (answer) => (running.value = answer?.traffic ?? running.value))

  const read = () => void executeQuery({ requestPolicy: 'network-only' })
  const { deltas, add } = useDeltas({ fetching, stale, read })
  const { asleep } = useCatchUp(read)
  const tick = useSubscription({
    query: TrafficSubscription,
    variables: computed(() => ({ bucketSeconds: bucketSeconds.value })),
    pause: asleep,
  })
  let last: string | undefined
  watch(tick.data, (event) => {
    if (!event) return
    const { sequence, deltas: added, ...rest } = event.trafficTick
    running.value = rest
    if (isGap(sequence, last)) read()
    else if (added.length > 0) add(added.flatMap(cellsOf))
    last = sequence
  })

  const cells = computed(() =>
    withDeltas((data.value?.traffic.points ?? []).flatMap(cellsOf), deltas.value).filter(
      ({ start }) => Date.parse(start) >= chartWindow.value.from.getTime(),
    ),
  )
  return {
    range,
    window: chartWindow,
    cells,
    totals: computed(() => totalsOf(cells.value)),
    running,
    loading: computed(() => !data.value),
    failure: computed(() => failureOf(error.value)),
    retry: read,
  }
}

/** Requests that went wrong are a series of their own; LLM tokens and money are not told apart. */
function cellsOf({ errors, ...point }: TrafficPoint): Cell[] {
  const ok = { ...point, key: 'ok', requests: String(BigInt(point.requests) - BigInt(errors)) }
  const none = { start: point.start, promptTokens: '0', completionTokens: '0', cost: '0' }
  return errors === '0' ? [ok] : [ok, { ...none, key: 'errors', requests: errors }]
}

function totalsOf(cells: readonly Cell[]) {
  const sum = (of: (cell: Cell) => string) => cells.reduce((total, cell) => total + BigInt(of(cell)), 0n)
  const requests = sum(({ requests }) => requests)
  const errors = sum((cell) => (cell.key === 'errors' ? cell.requests : '0'))
  return {
    requests,
    tokens: sum(({ promptTokens }) => promptTokens) + sum(({ completionTokens }) => completionTokens),
    errorShare: requests > 0n ? Number(errors) / Number(requests) : undefined,
    cost: addMoney(cells.map(({ cost }) => cost)),
  }
}
