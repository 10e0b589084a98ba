import { useQuery, useSubscription } from '@urql/vue'
import { useIntervalFn, useThrottleFn } from '@vueuse/core'
import { computed, ref, watch } from 'vue'
import { failureOf } from '../graphql/errors.ts'
import { useCatchUp } from '../graphql/live.ts'
import { ownZone } from '../i18n/own-zone.ts'
import { midnight } from '../i18n/zone.ts'
import { UsageRecorded } from '../usage/usage.graphql.ts'
import { FiguresQuery, PaceQuery, StandingQuery } from './dashboard.graphql.ts'
import { moneyOf } from './pace.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** However many requests come, the figures are read this often at most. */
export const REFRESH_MS = 2_000
/** What needs attention is dearer: five windows that read it as often would use up the account's minute. */
export const STANDING_MS = 10_000

/** Sums of the cards, of the top lists and of what needs attention; read anew when requests end. */
export function useFigures() {
  const now = ref(new Date())
  const variables = computed(() => {
    // Up to the end of the running minute, so that a question asked twice is the same question.
    const to = new Date(Math.ceil((now.value.getTime() + 1) / MINUTE_MS) * MINUTE_MS)
    const before = (ms: number) => new Date(to.getTime() - ms).toISOString()
    return {
      now: to.toISOString(),
      midnight: midnight(now.value, ownZone.value).toISOString(),
      midnightBefore: midnight(now.value, ownZone.value, -1).toISOString(),
      dayAgo: before(DAY_MS),
      weekAgo: before(7 * DAY_MS),
      hourAgo: before(HOUR_MS),
      quarterAgo: before(15 * MINUTE_MS),
    }
  })
  const figures = useQuery({ query: FiguresQuery, variables })
  const standing = useQuery({ query: StandingQuery })
  // Read once a minute: it is slow to change, and dear to sum up.
  const pace = useQuery({
    query: PaceQuery,
    variables: computed(() => ({ from: variables.value.weekAgo, to: variables.value.now })),
  })

  const readFigures = () => {
    now.value = new Date()
    void figures.executeQuery({ requestPolicy: 'network-only' })
  }
  const readStanding = () => void standing.executeQuery({ requestPolicy: 'network-only' })
  const read = () => {
    readFigures()
    readStanding()
  }
  const refreshFigures = useThrottleFn(readFigures, REFRESH_MS, true, true)
  const refreshStanding = useThrottleFn(readStanding, STANDING_MS, true, true)
  useIntervalFn(() => (now.value = new Date()), MINUTE_MS)
  const { asleep } = useCatchUp(read)
  const recorded = useSubscription({ query: UsageRecorded, pause: asleep })
  watch(recorded.data, (event) => {
    if (!event) return
    void refreshFigures()
    void refreshStanding()
  })

  return {
    figures: computed(() => figures.data.value?.viewer ?? undefined),
    /** CNY that the last seven days took from quota and wallet. */
    weekSpent: computed(() => {
      const pools = pace.data.value?.viewer?.usageReport.groups
      return pools && moneyOf(pools)
    }),
    standing: computed(() => standing.data.value?.viewer ?? undefined),
    retiring: computed(() =>
      (standing.data.value?.models.edges ?? []).flatMap(({ node: { id, deprecation } }) =>
        deprecation ? [{ id, ...deprecation }] : [],
      ),
    ),
    sendsMail: computed(() => standing.data.value?.site.sendsMail ?? false),
    failure: computed(() => failureOf(figures.error.value ?? standing.error.value)),
    retry: read,
  }
}
