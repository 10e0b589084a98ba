import { useQuery } from '@urql/vue'
import { computed, type MaybeRefOrGetter, reactive, toRefs, toValue } from 'vue'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { useServerList } from '../ui/useServerList.ts'

const TokenChoice = graphql(`
  fragment TokenChoice on ApiToken @_unmask {
    id
    name
    prefix
    lastFour
    models
  }
`)

const TokenChoicesQuery = graphql(
  `
    query TokenChoices($search: String, $status: ApiTokenStatus) {
      viewer {
        id
        apiTokens(first: 50, search: $search, status: $status) {
          edges {
            node {
              ...TokenChoice
            }
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    }
  `,
  [TokenChoice],
)

const ChosenTokenQuery = graphql(
  `
    query ChosenToken($id: ID!) {
      viewer {
        id
        apiToken(id: $id) {
          ...TokenChoice
        }
      }
    }
  `,
  [TokenChoice],
)

export type TokenChoice = ResultOf<typeof TokenChoice>

/** Any of a person's API tokens, found by name, note or the visible part of the secret. `chosen`: an id, or nothing. */
export function useTokenChoices({
  chosen,
  status,
  pause = false,
}: {
  chosen: MaybeRefOrGetter<string>
  status?: 'ACTIVE'
  pause?: MaybeRefOrGetter<boolean>
}) {
  const list = useServerList({
    query: TokenChoicesQuery,
    variables: (search) => ({ search, status }),
    pageOf: (data) => data.viewer?.apiTokens,
    wordsOf: ({ name, prefix, lastFour }) => `${name} ${prefix} ${lastFour}`,
    pause: computed(() => toValue(pause)),
  })
  const id = computed(() => toValue(chosen))
  const listed = computed(() => list.nodes.find((node) => node.id === id.value))
  const { data } = useQuery({
    query: ChosenTokenQuery,
    variables: computed(() => ({ id: id.value })),
    pause: computed(() => toValue(pause) || !id.value || Boolean(listed.value)),
  })
  const token = computed(() => {
    if (listed.value) return listed.value
    const found = data.value?.viewer?.apiToken
    return found?.id === id.value ? found : undefined
  })
  const options = computed(() =>
    list.nodes.map(({ id, name, lastFour }) => ({ value: id, label: name, note: `…${lastFour}` })),
  )
  return reactive({ ...toRefs(list), search: list.search, refresh: list.refresh, token, options })
}

export type TokenChoices = ReturnType<typeof useTokenChoices>
