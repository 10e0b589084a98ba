import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const ManagedModelsQuery = graphql(`
  query ManagedModels {
    managedModels {
      id
      displayName
      visible
      input
      cachedInput
      output
      isExample
      since
    }
  }
`)
export type ManagedModel = ResultOf<typeof ManagedModelsQuery>['managedModels'][number]

export const ModelPricesQuery = graphql(`
  query ModelPrices($modelId: ID!) {
    modelPrices(modelId: $modelId) {
      id
      input
      cachedInput
      output
      isExample
      from
    }
  }
`)
export const SetModelPrice = graphql(`
  mutation SetModelPrice($input: SetModelPriceInput!) {
    setModelPrice(input: $input) {
      model {
        id
        input
        cachedInput
        output
        isExample
        since
      }
    }
  }
`)
export const SetModelVisible = graphql(`
  mutation SetModelVisible($input: SetModelVisibleInput!) {
    setModelVisible(input: $input) {
      model {
        id
        visible
      }
    }
  }
`)
