import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const UsageFields = graphql(`
  fragment UsageFields on UsageRecord @_unmask {
    id
    createdAt
    model
    status
    errorCode
    streamed
    promptTokens
    cachedTokens
    completionTokens
    reasoningTokens
    source
    cost
    ttftMs
    durationMs
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

export const UsageRecordQuery = graphql(
  `
    query UsageRecord($id: ID!) {
      viewer {
        id
        usageRecord(id: $id) {
          ...UsageFields
          receipt {
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
  query UsageReport($from: DateTimeISO!, $to: DateTimeISO!, $bucketSeconds: Int!) {
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
        buckets {
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

export type UsageRow = ResultOf<typeof UsageFields>
