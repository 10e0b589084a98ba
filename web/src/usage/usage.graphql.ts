import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const UsageFields = graphql(`
  fragment UsageFields on UsageRecord @_unmask {
    id
    createdAt
    model
    status
    errorCode
    streamed
    protocol
    promptTokens
    cachedTokens
    completionTokens
    reasoningTokens
    source
    cost
    ttftMs
    durationMs
    apiTokenName
    apiToken {
      id
      name
      prefix
      lastFour
    }
  }
`)

export const UsageQuery = graphql(
  `
    query Usage($first: Int, $after: String, $last: Int, $before: String, $filter: UsageFilter) {
      viewer {
        id
        usageRecords(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
          edges {
            cursor
            node {
              ...UsageFields
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
    }
  `,
  [UsageFields],
)

/** When there was a request at last, for a range that has none. */
export const LastRequestQuery = graphql(`
  query LastRequest($filter: UsageFilter) {
    viewer {
      id
      usageRecords(first: 1, filter: $filter) {
        edges {
          cursor
          node {
            id
            createdAt
          }
        }
      }
    }
  }
`)

export const UsageRecordQuery = graphql(
  `
    query UsageRecord($id: ID!) {
      viewer {
        id
        usageRecord(id: $id) {
          ...UsageFields
          attempts {
            route
            outcome
            status
            durationMs
          }
          receipt {
            settledAt
            inputPrice
            cachedInputPrice
            outputPrice
            discountRatio
            notCharged
            legs {
              pool
              tokens
              money
            }
          }
        }
      }
    }
  `,
  [UsageFields],
)

export const UsageRecorded = graphql(
  `
    subscription UsageRecorded {
      usageRecorded {
        sequence
        record {
          ...UsageFields
        }
      }
    }
  `,
  [UsageFields],
)

export const UsageReportQuery = graphql(`
  query UsageReport($from: DateTimeISO!, $to: DateTimeISO!, $bucketSeconds: Int!, $byToken: Boolean!) {
    viewer {
      id
      usageReport(from: $from, to: $to, bucketSeconds: $bucketSeconds) {
        totals {
          requests
          succeeded
          promptTokens
          completionTokens
          cost
          ttftP50Ms
        }
        tokenBuckets @include(if: $byToken) {
          start
          apiTokenId
          name
          requests
          promptTokens
          completionTokens
          cost
        }
        buckets @skip(if: $byToken) {
          start
          model
          requests
          promptTokens
          completionTokens
          cost
        }
        byModel {
          model
          requests
          promptTokens
          completionTokens
          cost
        }
      }
    }
  }
`)

const UsageSums = graphql(`
  fragment UsageSums on UsageTotals @_unmask {
    requests
    succeeded
    promptTokens
    cachedTokens
    completionTokens
    reasoningTokens
    cost
    ttftP50Ms
    ttftP95Ms
  }
`)

export const UsageOverviewQuery = graphql(
  `
    query UsageOverview(
      $from: DateTimeISO!
      $to: DateTimeISO!
      $filter: UsageFilter
      $by: UsageGrouping!
      $every: UsageStep!
      $series: UsageSeries!
      $timeZone: String
    ) {
      viewer {
        id
        usageReport(from: $from, to: $to, filter: $filter, timeZone: $timeZone) {
          totals {
            ...UsageSums
          }
          groups(by: $by) {
            key
            name
            requests
            succeeded
            promptTokens
            cachedTokens
            completionTokens
            reasoningTokens
            cost
            ttftP50Ms
            ttftP95Ms
          }
          points(every: $every, by: $series) {
            start
            key
            name
            requests
            promptTokens
            completionTokens
            cost
          }
          previous {
            totals {
              requests
              promptTokens
              completionTokens
              cost
            }
            groups(by: $by) {
              key
              requests
              promptTokens
              completionTokens
              cost
            }
          }
        }
      }
    }
  `,
  [UsageSums],
)
export type UsageOverview = NonNullable<ResultOf<typeof UsageOverviewQuery>['viewer']>['usageReport']
export type UsageGroup = UsageOverview['groups'][number]

export type UsageRow = ResultOf<typeof UsageFields>
export type UsageRequest = NonNullable<
  NonNullable<ResultOf<typeof UsageRecordQuery>['viewer']>['usageRecord']
>
/** How a try to have a request answered can end. */
export const attemptOutcomes = ['answered', 'refused', 'failed', 'timed_out'] as const
