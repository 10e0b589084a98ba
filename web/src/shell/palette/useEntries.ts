import { useClientHandle } from '@urql/vue'
import { watchDebounced } from '@vueuse/core'
import { computed, ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { loadSearch, placeOf, type SearchEntry } from '../../docs/library.ts'
import { find } from '../../docs/search.ts'
import { type Locale, LOCALES } from '../../i18n/i18n.ts'
import { useLocaleSwitch } from '../../i18n/useLocaleSwitch.ts'
import { type Model, ModelsQuery } from '../../models/models.graphql.ts'
import { SiteQuery, viewer } from '../../session/session.ts'
import { type Token, TokensQuery } from '../../tokens/tokens.graphql.ts'
import { toast } from '../../ui/toasts.ts'
import { navigation, operatorNavigation } from '../navigation.ts'
import { type Theme, useTheme } from '../useTheme.ts'
import { type Entry, matching, requestIdIn } from './entries.ts'

const TYPING_MS = 150
const TOKENS_MAX = 6

/** What the query finds: pages and actions at once, models, documentation and API tokens as they are read. */
export function useEntries(query: Ref<string>) {
  const { t, locale } = useI18n()
  const router = useRouter()
  const { client } = useClientHandle()
  const { choose } = useTheme()
  const switchTo = useLocaleSwitch()
  const models = ref<Model[]>([])
  const articles = ref<SearchEntry[]>([])
  const tokens = ref<Token[]>([])
  const baseUrl = ref(`${location.origin}/api/v1`)
  const go = (to: Parameters<typeof router.push>[0]) => () => void router.push(to)

  void read()
  async function read() {
    articles.value = await loadSearch(locale.value as Locale)
    const [site, all] = await Promise.all([
      client.query(SiteQuery, {}, { requestPolicy: 'cache-first' }).toPromise(),
      client.query(ModelsQuery, {}, { requestPolicy: 'cache-first' }).toPromise(),
    ])
    baseUrl.value = site.data?.site.apiBaseUrl ?? baseUrl.value
    models.value = all.data?.models.edges.map(({ node }) => node) ?? []
  }

  watchDebounced(
    query,
    async (search) => {
      if (!search.trim()) return (tokens.value = [])
      const asked = { first: TOKENS_MAX, search: search.trim() }
      const { data } = await client.query(TokensQuery, asked).toPromise()
      // Somebody who went on typing is answered by the next one.
      if (search === query.value) tokens.value = data?.viewer?.apiTokens.edges.map(({ node }) => node) ?? []
    },
    { debounce: TYPING_MS },
  )

  async function copyBaseUrl() {
    await navigator.clipboard.writeText(baseUrl.value)
    toast(t('common.copied'))
  }

  const pages = computed<Entry[]>(() =>
    [...navigation, ...(viewer.value?.isAdmin ? [operatorNavigation] : [])]
      .flatMap(({ group, items }) => items.map((item) => ({ ...item, place: t(group) })))
      .concat({ name: 'models', title: 'models.title', place: '' } as never)
      .map(({ name, title, place }) => ({
        group: 'pages',
        id: `page-${name}`,
        label: t(title),
        note: place,
        words: name,
        act: go({ name }),
      })),
  )
  const actions = computed<Entry[]>(() => [
    action('create', t('tokens.create'), go({ name: 'tokens', query: { new: '' } })),
    action('topUp', t('wallet.topUp.title'), go({ name: 'wallet' })),
    action('baseUrl', t('palette.baseUrl'), () => void copyBaseUrl()),
    ...(['light', 'dark', 'system'] as Theme[]).map((theme) =>
      action(`theme-${theme}`, `${t('shell.theme.label')}: ${t(`shell.theme.${theme}`)}`, () =>
        choose(theme),
      ),
    ),
    ...(Object.entries(LOCALES) as [Locale, string][]).map(([lang, name]) =>
      action(`language-${lang}`, `${t('shell.language')}: ${name}`, () => void switchTo(lang)),
    ),
  ])
  const action = (id: string, label: string, act: () => void): Entry => ({
    group: 'actions',
    id: `action-${id}`,
    label,
    words: id,
    act,
  })

  const found = computed<Entry[]>(() => {
    const id = requestIdIn(query.value)
    if (id)
      return [
        {
          group: 'request',
          id: 'request',
          label: t('palette.request'),
          note: id,
          act: go({ name: 'usage-request', params: { requestId: id } }),
        },
      ]
    if (!query.value.trim()) return [...actions.value, ...pages.value]
    return [
      ...actions.value,
      ...pages.value,
      // The server found them, by the start of the secret too.
      ...tokens.value.map(({ id: token, name, prefix, lastFour }): Entry => ({
        group: 'tokens',
        id: `token-${token}`,
        label: name,
        note: `${prefix}…${lastFour}`,
        words: query.value,
        act: go({ name: 'tokens', query: { search: name } }),
      })),
      ...models.value.map(({ id: model, displayName }): Entry => ({
        group: 'models',
        id: `model-${model}`,
        label: displayName,
        note: model,
        act: go({ name: 'model', params: { id: model } }),
      })),
      ...find(articles.value, query.value).map((entry): Entry => ({
        group: 'docs',
        id: `docs-${entry.article}-${entry.id ?? ''}`,
        label: entry.heading ?? entry.title,
        note: entry.heading ? entry.title : '',
        words: query.value,
        act: go(placeOf(entry)),
      })),
    ]
  })

  return computed(() => matching(found.value, query.value))
}
