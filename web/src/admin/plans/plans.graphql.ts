import { graphql, type ResultOf } from '../../graphql/graphql.ts'
import { PlanFields } from '../../plans/plans.graphql.ts'

export const ManagedPlansQuery = graphql(
  `
    query ManagedPlans($first: Int, $after: String, $last: Int, $before: String) {
      plans(first: $first, after: $after, last: $last, before: $before) {
        edges {
          cursor
          node {
            ...PlanFields
            position
            visible
            subscribers
            modelDiscounts {
              modelId
              discountPpm
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
  [PlanFields],
)
export type ManagedPlan = ResultOf<typeof ManagedPlansQuery>['plans']['edges'][number]['node']

export const CreatePlan = graphql(`
  mutation CreatePlan($input: CreatePlanInput!) {
    createPlan(input: $input) {
      plan {
        id
        versionId
      }
    }
  }
`)
export const CreatePlanVersion = graphql(`
  mutation CreatePlanVersion($input: CreatePlanVersionInput!) {
    createPlanVersion(input: $input) {
      plan {
        id
        versionId
      }
    }
  }
`)
export const UpdatePlan = graphql(`
  mutation UpdatePlan($input: UpdatePlanInput!) {
    updatePlan(input: $input) {
      plan {
        id
        versionId
        name
        position
        visible
      }
    }
  }
`)
