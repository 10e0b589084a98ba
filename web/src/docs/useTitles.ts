import { type Ref, ref, watchEffect } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Locale } from '../i18n/i18n.ts'
import { loadTitles } from './library.ts'

/** Titles of all articles in the language that is shown: `docs/quick-start` → “Quick start”. */
export function useTitles(): Ref<Record<string, string>> {
  const { locale } = useI18n()
  const titles = ref<Record<string, string>>({})
  watchEffect(async () => {
    const wanted = locale.value
    const loaded = await loadTitles(wanted as Locale)
    if (wanted === locale.value) titles.value = loaded
  })
  return titles
}
