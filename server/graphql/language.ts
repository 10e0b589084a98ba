import type { ApolloServerPlugin } from '@apollo/server'
import { languageOf } from '../platform/language.ts'
import type { GraphQLContext } from './context.ts'
import { domainErrorOf } from './errors.ts'

/** Messages in the language that the caller reads by `Accept-Language`, where we have them in it, as over REST. */
export const callersLanguage: ApolloServerPlugin<GraphQLContext> = {
  async requestDidStart({ request }) {
    const headers = { 'accept-language': request.http?.headers.get('accept-language') }
    if (languageOf({ headers }) === 'en') return undefined
    return {
      async willSendResponse({ errors = [], response: { body } }) {
        if (body.kind !== 'single') return
        const { singleResult } = body
        singleResult.errors = singleResult.errors?.map((told, at) => ({
          ...told,
          message: domainErrorOf(errors[at])?.zh ?? told.message,
        }))
      },
    }
  },
}
