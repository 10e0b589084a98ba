import { isDatabaseAway } from '../platform/sql.ts'

/** Whether the database answers: a fact that all parts of the ledger learn from each other's queries. */
export interface DatabaseHealth {
  /** Milliseconds since the first of the failures in a row; undefined while it answers. */
  awayFor(): number | undefined
  answered(): void
  failed(): void
}

export class NoAnswer extends Error {
  constructor(ms: number) {
    super(`the database did not answer within ${ms} ms`)
  }
}

export function createDatabaseHealth(): DatabaseHealth {
  let awaySince: number | undefined
  return {
    awayFor: () => (awaySince === undefined ? undefined : performance.now() - awaySince),
    answered: () => (awaySince = undefined),
    failed: () => (awaySince ??= performance.now()),
  }
}

/** Rejects with NoAnswer after `ms`; what was asked may still happen, so it must be safe to ask again. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new NoAnswer(ms)), ms)))
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Faults of the database's state rather than of a row: the same call may succeed later. Besides a lost
 * connection: out of resources (53), operator intervention (57), system error (58), rollbacks (40), and
 * a server that is read-only for now (25006). PostgreSQL, appendix A.
 */
export const mayPass = (error: unknown) =>
  error instanceof NoAnswer ||
  isDatabaseAway(error) ||
  /^(40|53|57|58)...$|^25006$/.test((error as { code?: string }).code ?? '')
