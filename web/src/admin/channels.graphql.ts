import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const HealthFields = graphql(`
  fragment HealthFields on ChannelHealth @_unmask {
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
`)
export const ChannelsQuery = graphql(
  `
    query AdminChannels($first: Int, $after: String, $last: Int, $before: String, $search: String) {
      channels(first: $first, after: $after, last: $last, before: $before, search: $search) {
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
                ...HealthFields
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
              ...HealthFields
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
  `,
  [HealthFields],
)
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
export const ResetChannel = graphql(
  `
    mutation ResetChannel($input: ResetChannelInput!) {
      resetChannel(input: $input) {
        channel {
          id
          health {
            ...HealthFields
          }
          keys {
            id
            lastFour
            health {
              ...HealthFields
            }
          }
        }
      }
    }
  `,
  [HealthFields],
)
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
