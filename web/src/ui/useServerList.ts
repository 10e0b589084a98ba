import { type AnyVariables, type TypedDocumentNode, useQuery } from '@urql/vue'
import { refDebounced } from '@vueuse/core'
import { computed, type ComputedRef, reactive, ref } from 'vue'

const PAUSE_MS = 200

/** What a picker says below its list: that it still looks, that it could not, that there are more than these. */
type PickerState = 'searching' | 'failed' | 'more' | undefined

/** What a picker needs of a list. */
export interface ServerList {
  typed: string
  state: PickerState
  search(words: string): void
}

interface Page<Node> {
  edges: { node: Node }[]
  pageInfo: { hasNextPage: boolean }
}

/**
 * The list of a picker that is too long to be read as a whole: at once what is known and matches what was typed, and
 * what the server found when the typing pauses. So Enter never takes something that was not looked for.
 */
export function useServerList<Data, Variables extends AnyVariables, Node>(list: {
  query: TypedDocumentNode<Data, Variables>
  variables(search: string | null): Variables
  pageOf(data: Data): Page<Node> | undefined
  wordsOf(node: Node): string
  pause?: ComputedRef<boolean>
}) {
  const typed = ref('')
  const asked = refDebounced(typed, PAUSE_MS)
  const { data, error, fetching, executeQuery } = useQuery({
    query: list.query,
    variables: computed(() => list.variables(asked.value.trim() || null)),
    pause: list.pause,
  })
  const waits = computed(() => typed.value.trim() !== asked.value.trim() || fetching.value)
  const page = computed(() => (data.value ? list.pageOf(data.value as Data) : undefined))
  const nodes = computed<Node[]>(() => {
    const known = page.value?.edges.map(({ node }) => node) ?? []
    const words = typed.value.trim().toLowerCase()
    return waits.value && words
      ? known.filter((node) => list.wordsOf(node).toLowerCase().includes(words))
      : known
  })
  const state = computed<PickerState>(() => {
    if (waits.value) return 'searching'
    if (error.value) return 'failed'
    return page.value?.pageInfo.hasNextPage ? 'more' : undefined
  })
  return reactive({
    typed: computed(() => typed.value),
    search: (words: string) => void (typed.value = words),
    nodes,
    state,
    /** Until the first answer. */
    loading: computed(() => fetching.value && !data.value),
    error,
    refresh: () => void executeQuery({ requestPolicy: 'network-only' }),
  })
}
