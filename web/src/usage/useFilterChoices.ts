import { useQuery } from '@urql/vue'
import { computed, reactive } from 'vue'
import { useI18n } from 'vue-i18n'
import { UsageChoicesQuery } from './usage.graphql.ts'
import { POOLS, PROTOCOLS, RANGES, STATUSES, usePageFilter } from './useUsageFilter.ts'

/** What each filter of the usage page offers. */
export function useFilterChoices() {
  const { t } = useI18n()
  const { zones } = usePageFilter()
  const { data } = useQuery({ query: UsageChoicesQuery })

  return reactive({
    ranges: computed(() => RANGES.map((value) => ({ value, label: t(`report.range.${value}`) }))),
    tokens: computed(() => [
      { value: 'ALL', label: t('report.anyToken') },
      ...(data.value?.viewer?.apiTokens.edges.map(({ node }) => ({
        value: node.id,
        label: node.name,
        note: `…${node.lastFour}`,
      })) ?? []),
    ]),
    models: computed(() => [
      { value: 'ALL', label: t('report.anyModel') },
      ...(data.value?.models.edges.map(({ node }) => ({ value: node.id, label: node.displayName })) ?? []),
    ]),
    statuses: computed(() => [
      { value: 'ALL', label: t('report.anyStatus') },
      ...STATUSES.map((value) => ({ value, label: t(`usage.status.${value}`) })),
    ]),
    protocols: computed(() => [
      { value: 'ALL', label: t('report.anyProtocol') },
      ...PROTOCOLS.map((value) => ({ value, label: t(`report.protocol.${value}`) })),
    ]),
    pools: computed(() => [
      { value: 'ALL', label: t('report.anyPool') },
      ...POOLS.map((value) => ({ value, label: t(`wallet.pool.${value.toLowerCase()}`) })),
    ]),
    zones: computed(() => zones.value.map((value) => ({ value, label: value.replaceAll('_', ' ') }))),
  })
}
