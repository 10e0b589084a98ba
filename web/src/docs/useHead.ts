import { useQuery } from '@urql/vue'
import { onScopeDispose, type Ref, watchEffect } from 'vue'
import { useI18n } from 'vue-i18n'
import { LOCALES } from '../i18n/i18n.ts'
import { SiteQuery } from '../session/session.ts'
import { site } from '../shell/site.ts'

const MARK = 'data-page'

/** Title, description, canonical address and other languages of a public page, as the server put them first. */
export function useHead(page: Ref<{ path: string; title: string; description: string }>) {
  const { locale } = useI18n()
  const { data } = useQuery({ query: SiteQuery })
  watchEffect(() => {
    const { path, title, description } = page.value
    if (!title) return
    document.title = `${title} · ${site.name}`
    document.querySelector('meta[name=description]')?.setAttribute('content', description)
    const origin = (data.value?.site.apiBaseUrl ?? location.origin).replace(/\/api\/v1$/, '')
    clear()
    const at = (language: string) => `${origin}${path}?lang=${language}`
    add('canonical', at(locale.value))
    for (const language of Object.keys(LOCALES)) add('alternate', at(language), language)
    add('alternate', `${origin}${path}`, 'x-default')
  })
  onScopeDispose(clear)
}

const clear = () => document.head.querySelectorAll(`link[${MARK}]`).forEach((link) => link.remove())

function add(rel: string, href: string, hreflang?: string) {
  const link = document.createElement('link')
  Object.assign(link, { rel, href, ...(hreflang && { hreflang }) })
  link.setAttribute(MARK, '')
  document.head.append(link)
}
