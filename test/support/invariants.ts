import { expect } from 'vitest'
import { bookInvariants } from '../../server/books.ts'
import { selfCheck } from '../../server/ledger/self-check.ts'
import type { Sql } from '../../server/platform/sql.ts'

/** The books are in order: every invariant's query returns no row. */
export async function expectBooksInOrder(sql: Sql): Promise<void> {
  const checks = await selfCheck(sql, { more: bookInvariants })
  expect(checks.filter(({ rows }) => rows.length > 0)).toEqual([])
}
