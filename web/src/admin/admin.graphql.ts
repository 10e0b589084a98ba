import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const OverviewQuery = graphql(`
  query AdminOverview {
    ledgerCheck {
      checkedAt
      promises {
        id
        promise
        kept
        notChecked
      }
    }
    auditEntries(first: 15) {
      edges {
        cursor
        node {
          id
          actor
          action
          target
          createdAt
        }
      }
    }
  }
`)

export const UsersQuery = graphql(`
  query AdminUsers($first: Int, $after: String, $last: Int, $before: String, $search: String) {
    users(first: $first, after: $after, last: $last, before: $before, search: $search) {
      edges {
        cursor
        node {
          id
          email
          isAdmin
          suspendedAt
          createdAt
          wallet
          bonusTokens
          spent
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
export type User = ResultOf<typeof UsersQuery>['users']['edges'][number]['node']

export const AdjustBalance = graphql(`
  mutation AdjustBalance($input: AdjustBalanceInput!) {
    adjustBalance(input: $input) {
      user {
        id
        wallet
        bonusTokens
      }
    }
  }
`)
export const SetUserSuspended = graphql(`
  mutation SetUserSuspended($input: SetUserSuspendedInput!) {
    setUserSuspended(input: $input) {
      user {
        id
        suspendedAt
      }
    }
  }
`)

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

export const CodeBatchesQuery = graphql(`
  query CodeBatches($first: Int, $after: String, $last: Int, $before: String) {
    codeBatches(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          id
          kind
          money
          tokens
          planId
          note
          codes
          used
          usesPerCode
          createdAt
          revokedAt
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
export const CreateCodeBatch = graphql(`
  mutation CreateCodeBatch($input: CreateCodeBatchInput!) {
    createCodeBatch(input: $input) {
      codes
      batch {
        id
      }
    }
  }
`)
export const RevokeCodeBatch = graphql(`
  mutation RevokeCodeBatch($input: RevokeCodeBatchInput!) {
    revokeCodeBatch(input: $input) {
      batch {
        id
        revokedAt
      }
    }
  }
`)
