import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const PlanFields = graphql(`
  fragment PlanFields on Plan @_unmask {
    id
    versionId
    name
    price
    quota
    months
    requestsPerMinute
    contextTokensMax
    activeTokensMax
    discountPpm
    modelDiscounts {
      modelId
      discountPpm
    }
    isExample
  }
`)
export type Plan = ResultOf<typeof PlanFields>

export const SubscriptionFields = graphql(
  `
    fragment SubscriptionFields on PlanSubscription @_unmask {
      id
      status
      periodStart
      periodEnd
      paid
      cancelAtPeriodEnd
      retryUntil
      plan {
        ...PlanFields
      }
      nextPlan {
        ...PlanFields
      }
    }
  `,
  [PlanFields],
)

export const PlansQuery = graphql(
  `
    query Plans {
      plans(first: 20) {
        edges {
          cursor
          node {
            ...PlanFields
          }
        }
      }
      viewer {
        id
        planName
        subscription {
          ...SubscriptionFields
        }
      }
    }
  `,
  [PlanFields, SubscriptionFields],
)
export const QuoteQuery = graphql(
  `
    query PlanQuote($planId: ID!) {
      previewPlanChange(planId: $planId) {
        plan {
          ...PlanFields
        }
        effect
        credit
        due
        shortfall
        periodStart
        periodEnd
      }
    }
  `,
  [PlanFields],
)
export const BuyPlan = graphql(
  `
    mutation BuyPlan($input: BuyPlanInput!) {
      buyPlan(input: $input) {
        subscription {
          ...SubscriptionFields
        }
      }
    }
  `,
  [SubscriptionFields],
)
export const ChangePlan = graphql(
  `
    mutation ChangePlan($input: ChangePlanInput!) {
      changePlan(input: $input) {
        subscription {
          ...SubscriptionFields
        }
      }
    }
  `,
  [SubscriptionFields],
)
export const CancelPlan = graphql(
  `
    mutation CancelPlan {
      cancelPlan {
        subscription {
          ...SubscriptionFields
        }
      }
    }
  `,
  [SubscriptionFields],
)
export const ResumePlan = graphql(
  `
    mutation ResumePlan {
      resumePlan {
        subscription {
          ...SubscriptionFields
        }
      }
    }
  `,
  [SubscriptionFields],
)

/** What was used in a time, by model. */
export const SpentQuery = graphql(`
  query Spent($from: DateTimeISO!, $to: DateTimeISO!) {
    viewer {
      id
      usageReport(from: $from, to: $to) {
        listCosts {
          modelId
          listCost
        }
      }
    }
  }
`)
