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

export const ChannelsQuery = graphql(`
  query AdminChannels {
    channels(first: 100) {
      edges {
        cursor
        node {
          id
          name
          baseUrl
          state
          priority
          weight
          keyCount
          models {
            modelId
            upstreamModel
          }
        }
      }
    }
  }
`)
export type Channel = ResultOf<typeof ChannelsQuery>['channels']['edges'][number]['node']

export const CreateChannel = graphql(`
  mutation CreateChannel($input: CreateChannelInput!) {
    createChannel(input: $input) {
      channel {
        id
      }
    }
  }
`)
export const UpdateChannel = graphql(`
  mutation UpdateChannel($input: UpdateChannelInput!) {
    updateChannel(input: $input) {
      channel {
        id
        state
      }
    }
  }
`)
