import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const DeedFields = graphql(`
  fragment DeedFields on AuditEntry @_unmask {
    id
    actor
    action
    target
    targetEmail
    targetName
    reason
    ip
    createdAt
    changes {
      field
      before
      after
    }
    facts {
      name
      value
    }
  }
`)

export const AuditQuery = graphql(
  `
    query Audit($first: Int, $after: String, $last: Int, $before: String, $filter: AuditFilter) {
      auditActions
      auditEntries(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
        edges {
          cursor
          node {
            ...DeedFields
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
  [DeedFields],
)
export type Deed = ResultOf<typeof AuditQuery>['auditEntries']['edges'][number]['node']
