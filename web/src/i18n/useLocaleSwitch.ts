import { useI18n } from 'vue-i18n'
import { type ConsoleI18n, type Locale, switchLocale } from './i18n.ts'

/** Loads a language and shows everything in it. */
export function useLocaleSwitch() {
  const composer = useI18n({ useScope: 'global' })
  return (locale: Locale) => switchLocale({ global: composer } as never as ConsoleI18n, locale)
}
