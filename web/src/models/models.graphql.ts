import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const ModelsQuery = graphql(`
  query Models {
    models(first: 100) {
      edges {
        node {
          id
          displayName
          description
          provider {
            id
            name
          }
          contextLength
          capabilities
          price {
            input
            cachedInput
            output
            isExample
          }
          viewerPrice {
            input
            cachedInput
            output
          }
        }
      }
    }
  }
`)

export type Model = ResultOf<typeof ModelsQuery>['models']['edges'][number]['node']
