import { createI18n, type I18n } from 'vue-i18n'
import { compileMessage } from './compile.ts'
import type { Messages } from '../locales/en.ts'

export const LOCALES = { en: 'English', 'zh-CN': '简体中文' } as const
export type Locale = keyof typeof LOCALES
export type ConsoleI18n = I18n<
  Record<string, Messages>,
  Record<string, never>,
  Record<string, never>,
  Locale,
  false
>

const STORAGE_KEY = 'locale'
const FALLBACK: Locale = 'zh-CN'

/** One chunk for each language; only what is read is loaded. */
const loaders: Record<Locale, () => Promise<Messages>> = {
  en: async () => (await import('../locales/en.ts')).messages,
  'zh-CN': async () => (await import('../locales/zh-CN.ts')).messages,
}

/** `?lang=`, then the saved choice, then the browser, then zh-CN. The account's choice is saved at sign-in. */
export function preferredLocale(): Locale {
  const asked = new URLSearchParams(location.search).get('lang')
  const candidates = [asked, readSaved(), ...navigator.languages]
  for (const candidate of candidates) {
    const locale = nearest(candidate)
    if (locale) return locale
  }
  return FALLBACK
}

/** pt-BR → pt → none; zh, zh-TW and zh-Hans are served by zh-CN. */
export function nearest(tag: string | null): Locale | undefined {
  const language = tag?.toLowerCase().split(/[-_]/)[0]
  if (language === 'zh') return 'zh-CN'
  return language === 'en' ? 'en' : undefined
}

export async function createI18nFor(locale: Locale): Promise<ConsoleI18n> {
  const messages = await loaders[locale]()
  document.documentElement.lang = locale
  return createI18n({
    legacy: false,
    locale,
    fallbackLocale: locale,
    messages: { [locale]: messages },
    messageCompiler: compileMessage as never,
  }) as unknown as ConsoleI18n
}

export async function switchLocale(i18n: ConsoleI18n, locale: Locale) {
  i18n.global.setLocaleMessage(locale, await loaders[locale]())
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
  try {
    localStorage.setItem(STORAGE_KEY, locale)
  } catch {
    // A browser without storage chooses anew each time.
  }
}

function readSaved(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)
  } catch {
    return null
  }
}
