import { useI18n } from 'vue-i18n'
import { POOLS, PROTOCOLS } from './useUsageFilter.ts'

export type Grouping = 'MODEL' | 'API_TOKEN' | 'PROTOCOL' | 'POOL' | 'DAY' | 'HOUR'

/** What a group of a report is called: models and API tokens by their own names, the rest in the person's language. */
export function useGroupName() {
  const { t } = useI18n()
  return (by: Grouping, { key, name }: { key: string; name: string | null }): string => {
    const protocol = by === 'PROTOCOL' && PROTOCOLS.find((one) => one === key)
    if (protocol) return t(`report.protocol.${protocol}`)
    if (by !== 'POOL') return name ?? key
    const pool = POOLS.find((one) => one === key)
    return pool ? t(`wallet.pool.${pool.toLowerCase()}`) : t('report.noPool')
  }
}
