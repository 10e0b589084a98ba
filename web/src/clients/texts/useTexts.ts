import { computedAsync } from '@vueuse/core'
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Locale } from '../../i18n/i18n.ts'
import type { ClientTexts, Texts } from './texts.ts'

/** Long, and only for who looks at a tool: a chunk of its own for each language. */
const loaders: Record<Locale, () => Promise<Texts>> = {
  en: async () => (await import('./en.ts')).texts,
  'zh-CN': async () => (await import('./zh-CN.ts')).texts,
}

/** What is said about one tool in the language that is shown; undefined until it is read. */
export function useTexts(id: () => string): ComputedRef<ClientTexts | undefined> {
  const { locale } = useI18n()
  const texts = computedAsync(() => loaders[locale.value as Locale]())
  return computed(() => texts.value?.[id()])
}
