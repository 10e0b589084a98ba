import { graphql } from '../graphql/graphql.ts'

export const CodeBatchesQuery = graphql(`
  query CodeBatches($first: Int, $after: String, $last: Int, $before: String) {
    codeBatches(first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          id
          kind
          money
          tokens
          planId
          note
          codes
          used
          usesPerCode
          createdAt
          revokedAt
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
`)
export const BatchRedemptionsQuery = graphql(`
  query BatchRedemptions($batchId: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    codeBatchRedemptions(batchId: $batchId, first: $first, after: $after, last: $last, before: $before) {
      edges {
        cursor
        node {
          id
          lastFour
          userId
          email
          createdAt
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
`)
export const CreateCodeBatch = graphql(`
  mutation CreateCodeBatch($input: CreateCodeBatchInput!) {
    createCodeBatch(input: $input) {
      codes
      batch {
        id
      }
    }
  }
`)
export const RevokeCodeBatch = graphql(`
  mutation RevokeCodeBatch($input: RevokeCodeBatchInput!) {
    revokeCodeBatch(input: $input) {
      batch {
        id
        revokedAt
      }
    }
  }
`)
