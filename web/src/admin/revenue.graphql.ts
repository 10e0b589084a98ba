import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const RevenueQuery = graphql(`
  query Revenue($from: DateTimeISO!, $to: DateTimeISO!, $by: RevenueGrouping!) {
    revenueReport(from: $from, to: $to) {
      totals {
        requests
        charged
        bonus
        upstreamCost
      }
      moneyIn {
        topUps
        refunds
        planSales
      }
      rows(by: $by) {
        key
        name
        requests
        charged
        bonus
        upstreamCost
      }
    }
  }
`)
export type RevenueReport = ResultOf<typeof RevenueQuery>['revenueReport']
