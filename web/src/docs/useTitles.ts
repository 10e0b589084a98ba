import { computedAsync } from '@vueuse/core'
import type { Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Locale } from '../i18n/i18n.ts'
import { loadTitles } from './library.ts'

/** Titles of all articles in the language that is shown: `docs/quick-start` → “Quick start”. */
export function useTitles(): Ref<Record<string, string>> {
  const { locale } = useI18n()
  return computedAsync(() => loadTitles(locale.value as Locale), {})
}
