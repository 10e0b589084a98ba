import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const OrderFields = graphql(`
  fragment OrderFields on PaymentOrder @_unmask {
    id
    provider
    amount
    refunded
    status
    payment {
      kind
      value
    }
    expiresAt
    createdAt
  }
`)
export type Order = ResultOf<typeof OrderFields>

export const OrdersQuery = graphql(
  `
    query Orders {
      viewer {
        id
        topUpOptions {
          providers
          minimum
          maximum
        }
        paymentOrders(first: 5) {
          edges {
            cursor
            node {
              ...OrderFields
            }
          }
        }
      }
    }
  `,
  [OrderFields],
)
export const OrderChanged = graphql(
  `
    subscription OrderChanged {
      orderChanged {
        sequence
        order {
          ...OrderFields
        }
      }
    }
  `,
  [OrderFields],
)
export const CreateTopUp = graphql(
  `
    mutation CreateTopUp($input: CreateTopUpOrderInput!) {
      createTopUpOrder(input: $input) {
        order {
          ...OrderFields
        }
      }
    }
  `,
  [OrderFields],
)
export const CloseTopUp = graphql(
  `
    mutation CloseTopUp($input: CloseTopUpOrderInput!) {
      closeTopUpOrder(input: $input) {
        order {
          ...OrderFields
        }
      }
    }
  `,
  [OrderFields],
)
export const RedeemCode = graphql(`
  mutation RedeemCode($input: RedeemCodeInput!) {
    redeemCode(input: $input) {
      redemption {
        id
        kind
        money
        tokens
        planId
      }
    }
  }
`)

export const OrderQuery = graphql(
  `
    query Order($id: ID!) {
      viewer {
        id
        paymentOrder(id: $id) {
          ...OrderFields
          secondsLeft
        }
      }
    }
  `,
  [OrderFields],
)
export const LowBalanceQuery = graphql(`
  query LowBalance {
    viewer {
      id
      lowBalanceAlert
    }
  }
`)
export const SpendCapsQuery = graphql(`
  query SpendCaps {
    viewer {
      id
      spend {
        period
        spent
        cap
        resetsAt
      }
    }
  }
`)
export const SetSpendCaps = graphql(`
  mutation SetSpendCaps($input: SetSpendCapsInput!) {
    setSpendCaps(input: $input) {
      spend {
        period
        cap
      }
    }
  }
`)
export const SetLowBalance = graphql(`
  mutation SetLowBalance($input: SetLowBalanceAlertInput!) {
    setLowBalanceAlert(input: $input) {
      lowBalanceAlert
    }
  }
`)
