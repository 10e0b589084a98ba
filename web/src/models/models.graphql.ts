import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const ModelFields = graphql(`
  fragment ModelFields on Model @_unmask {
    id
    displayName
    description
    descriptionZh
    provider {
      id
      name
    }
    contextLength
    maxOutputTokens
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
    nextPrice {
      from
      input
      cachedInput
      output
    }
    deprecation {
      retiresAt
      replacementId
    }
    health {
      successRate
      ttftP50Ms
      tokensPerSecond
    }
  }
`)

export const ModelsQuery = graphql(
  `
    query Models {
      models(first: 100) {
        edges {
          node {
            ...ModelFields
          }
        }
      }
    }
  `,
  [ModelFields],
)

export const ModelQuery = graphql(
  `
    query Model($id: ID!) {
      model(id: $id) {
        ...ModelFields
        priceHistory {
          from
          input
          cachedInput
          output
        }
        days {
          day
          successRate
        }
        routes {
          name
          successRate
          ttftP50Ms
          tokensPerSecond
        }
      }
    }
  `,
  [ModelFields],
)

/** What plans take off the list price. */
export const DiscountsQuery = graphql(`
  query PlanDiscounts {
    plans(first: 20) {
      edges {
        node {
          versionId
          id
          name
          discountPpm
          modelDiscounts {
            modelId
            discountPpm
          }
        }
      }
    }
  }
`)

export type Model = ResultOf<typeof ModelFields>
export type MeasuredModel = NonNullable<ResultOf<typeof ModelQuery>['model']>
export type Discounts = ResultOf<typeof DiscountsQuery>['plans']['edges'][number]['node']
