import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const ManagedModelFields = graphql(`
  fragment ManagedModelFields on ManagedModel @_unmask {
    id
    displayName
    providerId
    description
    descriptionZh
    aliases
    contextLength
    maxOutputTokens
    capabilities
    tokenizer
    retiresAt
    replacementId
    visible
    input
    cachedInput
    output
    isExample
    since
    costInput
    costCachedInput
    costOutput
    belowCost
    margin
    marginDiscounted
    position
  }
`)
export type ManagedModel = ResultOf<typeof ManagedModelFields>

export const ManagedModelsQuery = graphql(
  `
    query ManagedModels {
      managedModels {
        ...ManagedModelFields
      }
    }
  `,
  [ManagedModelFields],
)

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
export const CreateModel = graphql(
  `
    mutation CreateModel($input: CreateModelInput!) {
      createModel(input: $input) {
        model {
          ...ManagedModelFields
        }
      }
    }
  `,
  [ManagedModelFields],
)
export const UpdateModel = graphql(
  `
    mutation UpdateModel($input: UpdateModelInput!) {
      updateModel(input: $input) {
        model {
          ...ManagedModelFields
        }
      }
    }
  `,
  [ManagedModelFields],
)
export const SetModelPrice = graphql(
  `
    mutation SetModelPrice($input: SetModelPriceInput!) {
      setModelPrice(input: $input) {
        model {
          ...ManagedModelFields
        }
      }
    }
  `,
  [ManagedModelFields],
)
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
