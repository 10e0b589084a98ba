import { useI18n } from 'vue-i18n'

/** What a payment provider is called; by its id where it has no name of ours. */
export function useProviderName() {
  const { t, te } = useI18n()
  return (id: string) => (te(`wallet.provider.${id}`) ? t(`wallet.provider.${id}`) : id)
}
