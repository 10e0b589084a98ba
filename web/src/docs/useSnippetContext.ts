import { useQuery } from '@urql/vue'
import { computed, type ComputedRef, type Ref, ref } from 'vue'
import { graphql } from '../graphql/graphql.ts'
import { SiteQuery } from '../session/session.ts'
import { remembered } from '../ui/remembered.ts'

export type Os = 'unix' | 'windows'

/** What a snippet is filled with. Never a secret: those are known only in the moment they are made. */
export interface SnippetContext {
  /** `https://example.com` */
  origin: string
  /** `https://example.com/api/v1` */
  baseUrl: string
  model: string
  /** What stands for the secret in files and programs. */
  token: string
  /** What stands for it in a shell: the environment variable once an API token is chosen, else `token`. */
  shellToken: string
  os: Os
}

const ChoicesQuery = graphql(`
  query SnippetChoices($model: ID!) {
    models(first: 100) {
      edges {
        node {
          id
          displayName
        }
      }
      pageInfo {
        hasNextPage
      }
    }
    model(id: $model) {
      id
      displayName
    }
  }
`)
export const TOKEN_PLACEHOLDER = 'YOUR_API_TOKEN'
export const ENVIRONMENT_VARIABLE = 'PINGTOKEN_API_KEY'
const DEFAULT_MODEL = 'deepseek-v4-pro'

// Chosen once, for every page and every visit. Which API token was chosen is forgotten with the page.
const model = remembered<string>('docs.model', DEFAULT_MODEL)
const language = remembered<string>('docs.language', 'bash')
const os = remembered<Os>('docs.os', /Windows/.test(navigator.userAgent) ? 'windows' : 'unix')
const tokenId = ref('')

/** The choices of the bar above the documentation, and what they make of a snippet. */
export function useSnippetContext(): {
  context: ComputedRef<SnippetContext>
  models: ComputedRef<{ id: string; displayName: string }[]>
  /** Whether there are more models than these, which have to be looked for. */
  hasMore: ComputedRef<boolean>
  model: Ref<string>
  tokenId: Ref<string>
  os: Ref<Os>
  /** The programming language last looked at: a fence's language, `bash` for curl. */
  language: Ref<string>
} {
  const { data: site } = useQuery({ query: SiteQuery })
  const { data: choices } = useQuery({
    query: ChoicesQuery,
    variables: computed(() => ({ model: model.value })),
  })
  const models = computed(() => choices.value?.models.edges.map(({ node }) => node) ?? [])
  const hasMore = computed(() => choices.value?.models.pageInfo.hasNextPage ?? false)
  /** Known by another of its names it would stand in no list. */
  const isGone = computed(() => choices.value !== undefined && choices.value.model?.id !== model.value)
  const context = computed<SnippetContext>(() => {
    const baseUrl = site.value?.site.apiBaseUrl ?? `${location.origin}/api/v1`
    const variable = os.value === 'windows' ? `$env:${ENVIRONMENT_VARIABLE}` : `$${ENVIRONMENT_VARIABLE}`
    return {
      origin: baseUrl.replace(/\/api\/v1$/, ''),
      baseUrl,
      model: isGone.value ? (models.value[0]?.id ?? model.value) : model.value,
      token: TOKEN_PLACEHOLDER,
      shellToken: tokenId.value ? variable : TOKEN_PLACEHOLDER,
      os: os.value,
    }
  })
  return { context, models, hasMore, model, tokenId, os, language }
}
