import { useQuery } from '@urql/vue'
import { computed, type ComputedRef, inject, type InjectionKey, provide } from 'vue'
import { useI18n } from 'vue-i18n'
import { graphql } from '../graphql/graphql.ts'
import { useSnippetContext } from './useSnippetContext.ts'

const FactsQuery = graphql(`
  query DocumentationFacts($locale: String!) {
    documentationFacts(locale: $locale) {
      name
      value
    }
  }
`)

/** Puts today's values in the place of `{{placeholders}}`. */
export type Fill = (text: string, language?: string) => string
const KEY: InjectionKey<ComputedRef<Fill>> = Symbol('fill')
const SHELLS = ['bash', 'powershell']
const UNKNOWN = '…'

/** Numbers come from the server, snippets' values from the bar above; what is not known yet is an ellipsis. */
export function provideFill(): ComputedRef<Fill> {
  const { locale } = useI18n()
  const { context } = useSnippetContext()
  const variables = computed(() => ({ locale: locale.value }))
  const { data } = useQuery({ query: FactsQuery, variables })
  const facts = computed(
    () => new Map(data.value?.documentationFacts.map(({ name, value }) => [name, value])),
  )

  const fill = computed<Fill>(() => {
    const { origin, baseUrl, model, token, shellToken } = context.value
    const chosen: Record<string, string> = { origin, base_url: baseUrl, model }
    return (text, language) =>
      text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
        if (name === 'token') return language && SHELLS.includes(language) ? shellToken : token
        return chosen[name] ?? facts.value.get(name) ?? UNKNOWN
      })
  })
  provide(KEY, fill)
  return fill
}

export const useFill = (): ComputedRef<Fill> => inject(KEY, () => provideFill(), true)
