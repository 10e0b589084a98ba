import { graphql } from '../../graphql/graphql.ts'

export const SetUserLimits = graphql(`
  mutation SetUserLimits($input: SetUserLimitsInput!) {
    setUserLimits(input: $input) {
      user {
        id
      }
    }
  }
`)
export const GiveUserPlan = graphql(`
  mutation GiveUserPlan($input: GiveUserPlanInput!) {
    giveUserPlan(input: $input) {
      user {
        id
      }
    }
  }
`)
export const EndUserPlan = graphql(`
  mutation EndUserPlan($input: EndUserPlanInput!) {
    endUserPlan(input: $input) {
      user {
        id
      }
    }
  }
`)
export const EndUserSessions = graphql(`
  mutation EndUserSessions($input: EndUserSessionsInput!) {
    endUserSessions(input: $input) {
      user {
        id
        openSessions
      }
    }
  }
`)
export const StopApiToken = graphql(`
  mutation StopApiToken($input: StopApiTokenInput!) {
    stopApiToken(input: $input) {
      apiToken {
        id
        status
        pausedAt
        revokedAt
      }
    }
  }
`)
export const CreateSignInLink = graphql(`
  mutation CreateSignInLink($input: CreateSignInLinkForUserInput!) {
    createSignInLinkForUser(input: $input) {
      url
      expiresAt
    }
  }
`)
export const PlansOnSale = graphql(`
  query PlansToGive {
    plans(first: 20) {
      edges {
        cursor
        node {
          id
          versionId
          name
          months
        }
      }
    }
  }
`)
