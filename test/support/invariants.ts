import { expect } from 'vitest'
import { selfCheck } from '../../server/ledger/self-check.ts'
import type { Sql } from '../../server/platform/sql.ts'

/** The books are in order: every invariant's query returns no row. */
export async function expectBooksInOrder(sql: Sql): Promise<void> {
  const faults = (await selfCheck(sql)).filter(({ rows }) => rows.length > 0)
  expect(faults).toEqual([])
}
