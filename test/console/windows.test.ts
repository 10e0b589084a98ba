import { readFileSync } from 'node:fs'
import { buildSchema, type DocumentNode, type OperationDefinitionNode } from 'graphql'
import { expect, test } from 'vitest'
import { costOf } from '../../server/graphql/cost.ts'
import { SOCKETS_MAX } from '../../server/graphql/seats.ts'
import { POINTS_PER_MINUTE } from '../../server/platform/points.ts'
import { FiguresQuery, PaceQuery, StandingQuery } from '../../web/src/dashboard/dashboard.graphql.ts'
import { REFRESH_MS, STANDING_MS } from '../../web/src/dashboard/useFigures.ts'

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'))

/** Points a minute of a query that is asked so often; its variables are all moments. */
function pointsOf(query: unknown, everyMs: number): number {
  const document = query as DocumentNode
  const { variableDefinitions = [] } = document.definitions[0] as OperationDefinitionNode
  const moments = variableDefinitions.map(({ variable }) => [variable.name.value, new Date()])
  return costOf(schema, { document, variables: Object.fromEntries(moments) }) * (60_000 / everyMs)
}

test('as many dashboards as listen at once stay within the account’s points, however many requests come', () => {
  const dashboard =
    pointsOf(FiguresQuery, REFRESH_MS) + pointsOf(StandingQuery, STANDING_MS) + pointsOf(PaceQuery, 60_000)
  expect(dashboard).toBeGreaterThan(0)
  expect(SOCKETS_MAX * dashboard).toBeLessThan(POINTS_PER_MINUTE)
})
