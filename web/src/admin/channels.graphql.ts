import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const ChannelsQuery = graphql(`
  query AdminChannels($first: Int, $after: String, $last: Int, $before: String) {
    channels(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          id
          name
          providerId
          baseUrl
          state
          priority
          weight
          keys {
            id
            lastFour
            health {
              state
            }
          }
          models {
            modelId
            upstreamModel
          }
          timeouts {
            connect
            firstToken
            idle
            total
          }
          health {
            state
            successRate5m
            ttftP50
            openUntil
            lastError {
              code
              at
              message
            }
          }
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`)
export type Channel = ResultOf<typeof ChannelsQuery>['channels']['edges'][number]['node']

export const ChannelFormQuery = graphql(`
  query ChannelForm {
    channelPresets {
      id
      name
      baseUrl
    }
    managedModels {
      id
      displayName
    }
  }
`)
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
      }
    }
  }
`)
export const TestChannel = graphql(`
  mutation TestChannel($input: TestChannelInput!) {
    testChannel(input: $input) {
      ok
      httpStatus
      latencyMs
      excerpt
      errorCode
      errorMessage
    }
  }
`)
export type ChannelTest = ResultOf<typeof TestChannel>['testChannel']

export const SetChannelDraining = graphql(`
  mutation SetChannelDraining($input: SetChannelDrainingInput!) {
    setChannelDraining(input: $input) {
      channel {
        id
        state
      }
    }
  }
`)
export const ResetChannel = graphql(`
  mutation ResetChannel($input: ResetChannelInput!) {
    resetChannel(input: $input) {
      channel {
        id
        health {
          state
          openUntil
        }
      }
    }
  }
`)
export const DeleteChannel = graphql(`
  mutation DeleteChannel($input: DeleteChannelInput!) {
    deleteChannel(input: $input) {
      archived
    }
  }
`)
export const RoutingPreviewQuery = graphql(`
  query RoutingPreview($modelId: ID!) {
    routingPreview(modelId: $modelId) {
      offered
      candidates {
        channel {
          id
          name
        }
        upstreamModel
        priority
        weight
        share
        included
        reason
      }
    }
  }
`)
