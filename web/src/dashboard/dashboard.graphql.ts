import { graphql, type ResultOf } from '../graphql/graphql.ts'

const Totals = graphql(`
  fragment DashboardTotals on UsageTotals @_unmask {
    requests
    succeeded
    cost
    ttftP50Ms
    ttftP95Ms
  }
`)

/** The figures of the cards and of what needs attention; `quarter` is the last 15 minutes. */
export const FiguresQuery = graphql(
  `
    query Figures(
      $now: DateTimeISO!
      $midnight: DateTimeISO!
      $dayAgo: DateTimeISO!
      $midnightBefore: DateTimeISO!
      $weekAgo: DateTimeISO!
      $hourAgo: DateTimeISO!
      $quarterAgo: DateTimeISO!
    ) {
      viewer {
        id
        today: usageReport(from: $midnight, to: $now) {
          totals {
            ...DashboardTotals
          }
        }
        yesterday: usageReport(from: $midnightBefore, to: $dayAgo) {
          totals {
            cost
          }
        }
        hour: usageReport(from: $hourAgo, to: $now) {
          totals {
            ttftP50Ms
            ttftP95Ms
          }
        }
        quarter: usageReport(from: $quarterAgo, to: $now) {
          totals {
            requests
            succeeded
            cancelled
          }
        }
        week: usageReport(from: $weekAgo, to: $now) {
          byModel: groups(by: MODEL, first: 30) {
            key
            requests
            cost
          }
          byToken: groups(by: API_TOKEN, first: 5) {
            key
            name
            requests
            cost
          }
        }
      }
    }
  `,
  [Totals],
)

/** What each pool paid in the last seven days. */
export const PaceQuery = graphql(`
  query Pace($from: DateTimeISO!, $to: DateTimeISO!) {
    viewer {
      id
      usageReport(from: $from, to: $to) {
        groups(by: POOL) {
          key
          cost
        }
      }
    }
  }
`)

/** What the account has set up, and what may soon stop it. */
export const StandingQuery = graphql(`
  query Standing {
    site {
      sendsMail
    }
    models(first: 100) {
      edges {
        cursor
        node {
          id
          deprecation {
            retiresAt
            replacementId
          }
        }
      }
    }
    viewer {
      id
      emailVerifiedAt
      lowBalanceAlert
      spend {
        period
        spent
        cap
      }
      apiTokens(first: 50, status: ACTIVE) {
        edges {
          cursor
          node {
            id
            name
            expiresAt
            spend {
              period
              spent
              cap
            }
          }
        }
      }
    }
  }
`)

/** Days with requests of the last 26 weeks. */
export const CalendarQuery = graphql(`
  query Calendar($from: DateTimeISO!, $to: DateTimeISO!) {
    viewer {
      id
      usageReport(from: $from, to: $to) {
        groups(by: DAY) {
          key
          requests
          cost
        }
      }
    }
  }
`)

export const TickSubscription = graphql(`
  subscription Tick($bucketSeconds: Int!) {
    usageTick(bucketSeconds: $bucketSeconds) {
      sequence
      at
      deltas {
        start
        model
        apiTokenId
        requests
        promptTokens
        completionTokens
        cost
      }
    }
  }
`)

export type Figures = NonNullable<ResultOf<typeof FiguresQuery>['viewer']>
export type Standing = NonNullable<ResultOf<typeof StandingQuery>['viewer']>
export type Tick = ResultOf<typeof TickSubscription>['usageTick']
