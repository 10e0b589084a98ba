import { graphql, type ResultOf } from '../../graphql/graphql.ts'

export const ManagedOrderFields = graphql(`
  fragment ManagedOrderFields on PaymentOrder @_unmask {
    id
    userId
    email
    reference
    provider
    amount
    refunded
    status
    flag
    createdAt
    paidAt
    creditedAt
  }
`)
export type ManagedOrder = ResultOf<typeof ManagedOrderFields>

export const ManagedOrdersQuery = graphql(
  `
    query ManagedOrders(
      $first: Int
      $after: String
      $last: Int
      $before: String
      $status: PaymentOrderStatus
      $flagged: Boolean
      $search: String
      $userId: ID
    ) {
      paymentOrders(
        first: $first
        after: $after
        last: $last
        before: $before
        status: $status
        flagged: $flagged
        search: $search
        userId: $userId
      ) {
        edges {
          cursor
          node {
            ...ManagedOrderFields
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
  [ManagedOrderFields],
)

export const OrderHistoryQuery = graphql(`
  query OrderHistory($id: String!, $userId: ID!) {
    paymentOrders(search: $id, first: 1) {
      edges {
        cursor
        node {
          id
          history {
            id
            kind
            at
            done
            reason
            amount
          }
        }
      }
    }
    user(id: $userId) {
      id
      wallet
    }
  }
`)

export const RefundOrder = graphql(
  `
    mutation RefundOrder($input: RefundPaymentOrderInput!) {
      refundPaymentOrder(input: $input) {
        order {
          ...ManagedOrderFields
        }
      }
    }
  `,
  [ManagedOrderFields],
)
