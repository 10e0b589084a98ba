import { useQuery } from '@urql/vue'
import { computed, type MaybeRefOrGetter, reactive, toRefs, toValue } from 'vue'
import { graphql } from '../graphql/graphql.ts'
import { useServerList } from '../ui/useServerList.ts'
import { ModelFields } from './models.graphql.ts'

const ModelChoicesQuery = graphql(`
  query ModelChoices($search: String, $ids: [ID!]) {
    models(first: 50, search: $search, ids: $ids) {
      edges {
        node {
          id
          displayName
          provider {
            id
            name
          }
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`)

const ChosenModelQuery = graphql(
  `
    query ChosenModel($id: ID!) {
      model(id: $id) {
        ...ModelFields
      }
    }
  `,
  [ModelFields],
)

/** Any model of the catalogue, or of `ids`, found by id, name or provider. */
export function useModelChoices({ ids }: { ids?: MaybeRefOrGetter<string[] | null> } = {}) {
  const list = useServerList({
    query: ModelChoicesQuery,
    variables: (search) => ({ search, ids: toValue(ids) ?? null }),
    pageOf: (data) => data.models,
    wordsOf: ({ id, displayName, provider }) => `${id} ${displayName} ${provider.name}`,
  })
  const options = computed(() =>
    list.nodes.map(({ id, displayName }) => ({ value: id, label: displayName, note: id })),
  )
  return reactive({ ...toRefs(list), search: list.search, refresh: list.refresh, options })
}

/** What is known of a model: undefined until it is read, null when nothing has that name. */
export function useChosenModel(id: MaybeRefOrGetter<string>) {
  const { data, fetching } = useQuery({
    query: ChosenModelQuery,
    variables: computed(() => ({ id: toValue(id) })),
    pause: computed(() => !toValue(id)),
  })
  return computed(() => {
    if (!data.value || fetching.value) return undefined
    return data.value.model
  })
}

export type ModelChoices = ReturnType<typeof useModelChoices>
