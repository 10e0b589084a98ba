import { computed, reactive } from 'vue'
import { useI18n } from 'vue-i18n'
import { useModelChoices } from '../models/useModelChoices.ts'
import { useTokenChoices } from '../tokens/useTokenChoices.ts'
import { POOLS, PROTOCOLS, RANGES, STATUSES, usePageFilter } from './useUsageFilter.ts'

/** What each filter of the usage page offers. */
export function useFilterChoices() {
  const { t } = useI18n()
  const { zones, token, model } = usePageFilter()
  const idOf = (value: string) => (value === 'ALL' ? '' : value)
  const tokens = useTokenChoices({ chosen: () => idOf(token.value) })
  const models = useModelChoices()
  /** All of them stand above the list, until something is looked for. */
  const withAll = (typed: string, label: string, options: { value: string; label: string }[]) =>
    typed.trim() ? options : [{ value: 'ALL', label }, ...options]

  return reactive({
    tokens,
    models,
    tokenOptions: computed(() => withAll(tokens.typed, t('report.anyToken'), tokens.options)),
    modelOptions: computed(() => withAll(models.typed, t('report.anyModel'), models.options)),
    /** What was chosen by its address may stand in no list: then its id is all that is known. */
    tokenName: computed(() => tokens.token?.name ?? idOf(token.value)),
    modelName: computed(() => idOf(model.value)),
    ranges: computed(() => RANGES.map((value) => ({ value, label: t(`report.range.${value}`) }))),
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
