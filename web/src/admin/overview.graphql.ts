import { graphql } from '../graphql/graphql.ts'
import { DeedFields } from './audit.graphql.ts'

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

export const OverviewQuery = graphql(
  `
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
      auditEntries(first: 5) {
        edges {
          cursor
          node {
            ...DeedFields
          }
        }
      }
    }
  `,
  [DeedFields],
)
