import { graphql } from '../graphql/graphql.ts'

export const FirstStepsQuery = graphql(`
  query FirstSteps {
    firstSteps {
      channelConnected
      channelTested
      priceSet
      offerMade
      customerSignedUp
    }
  }
`)

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
