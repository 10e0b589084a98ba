import { useLocalStorage } from '@vueuse/core'
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { viewer } from '../session/session.ts'

interface SavedView {
  name: string
  /** The address behind the question mark. */
  query: Record<string, string>
}

/** Views of the usage page that a person named. They stay in this browser, each account's own. */
export function useSavedViews() {
  const route = useRoute()
  const router = useRouter()
  const all = useLocalStorage<Record<string, SavedView[]>>('usage-views', {})
  const owner = computed(() => viewer.value?.id ?? '')
  const views = computed({
    get: () => all.value[owner.value] ?? [],
    set: (list) => (all.value = { ...all.value, [owner.value]: list }),
  })
  const shown = computed(() =>
    Object.fromEntries(
      Object.entries(route.query).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    ),
  )
  const textOf = (query: Record<string, string>) => JSON.stringify(Object.entries(query).sort())
  const current = computed(() => views.value.find(({ query }) => textOf(query) === textOf(shown.value)))

  return {
    views,
    current,
    open: ({ query }: SavedView) => void router.push({ name: 'usage', query }),
    /** Under the name of an earlier one it takes its place. */
    save(name: string) {
      views.value = [...views.value.filter((view) => view.name !== name), { name, query: shown.value }]
    },
    forget(view: SavedView) {
      views.value = views.value.filter(({ name }) => name !== view.name)
    },
  }
}
