import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../server/database.ts'
import { createDatabaseHealth } from '../../server/ledger/database-health.ts'
import { type ChargeRow, chargeOf, requestRow } from '../../server/ledger/settlement.ts'
import { createSettler } from '../../server/ledger/settler.ts'
import { newId } from '../../server/platform/ids.ts'
import { createLog } from '../../server/platform/log.ts'
import type { SqlPool } from '../../server/platform/sql.ts'
import { databases } from '../support/databases.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { type Books, createBooks, outcome, request } from './books.ts'

/** A few seeds take seconds; SIMULATION_SEEDS sets more, SIMULATION_SEED the first of them. */
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 8)
const FIRST = Number(process.env.SIMULATION_SEED ?? Date.now() % 1_000_000)
const PROCESSES = 3
const REQUESTS = 30
const FAULTS = 12

type Random = (below: number) => number

/** The same numbers for the same seed. */
function numbers(seed: number): Random {
  let state = (seed * 2_654_435_761) % 2_147_483_648
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

const lost = () => Object.assign(new Error('the connection is gone'), { code: 'ECONNRESET' })

/** A way to the database that loses the question, or the answer after the work was done; after some faults it is sound. */
function unreliable(sql: SqlPool, random: Random): SqlPool {
  let faults = FAULTS
  return {
    query: (...query) => sql.query(...query),
    async transaction(work) {
      const fate = faults > 0 ? random(3) : 0
      if (fate > 0) faults -= 1
      if (fate === 1) throw lost()
      const result = await sql.transaction(work)
      if (fate === 2) throw lost()
      return result
    },
  }
}

function shuffled<T>(items: T[], random: Random): T[] {
  const rest = [...items]
  return items.map(() => rest.splice(random(rest.length), 1)[0]!)
}

describe.each(databases)(`seeds from ${FIRST} on $name`, ({ missing, open }) => {
  let database: Database
  let books: Books
  beforeAll(async () => {
    if (missing) return
    database = await open()
    books = createBooks(database)
  })

  async function simulate(seed: number) {
    const random = numbers(seed)
    const [bonus, quota] = [BigInt(random(2_000)) + 1n, BigInt(random(2_000)) + 1n]
    const accountId = await books.account({
      wallet: 5_000n,
      bonus: [{ tokens: bonus }],
      quota: [{ amount: quota }],
    })
    const rows: ChargeRow[] = Array.from({ length: REQUESTS }, () =>
      chargeOf(requestRow(request(accountId)), outcome(random(100), random(100))),
    )
    const recorded: string[] = []
    const settlers = Array.from({ length: PROCESSES }, () =>
      createSettler({
        sql: unreliable(database.sql, random),
        instanceId: newId(),
        log: createLog('silent'),
        listener: {
          record: async () => {},
          committed: (charges) => recorded.push(...charges.map((c) => c.requestId)),
        },
        onSettled: () => {},
        health: createDatabaseHealth(),
      }),
    )
    // The first process offers all requests, the others most of them, each in an order of its own.
    await Promise.all(
      settlers.flatMap((settler, number) =>
        shuffled(rows, random)
          .filter((_, at) => number === 0 || at % PROCESSES !== number)
          .map((row) => settler.offer(row)),
      ),
    )
    const cost = rows.reduce((sum, { cost_nano }) => sum + BigInt(cost_nano), 0n)
    const [left] = await database.sql.query<{ bonus: bigint; quota: bigint }>(
      `SELECT sum(remaining) FILTER (WHERE kind = 'bonus')::bigint AS bonus,
              sum(remaining) FILTER (WHERE kind = 'quota')::bigint AS quota FROM bucket WHERE account_id = $1`,
      [accountId],
    )
    const least = (a: bigint, b: bigint) => (a < b ? a : b)
    const [byBonus, byQuota] = [least(cost, bonus), least(cost - least(cost, bonus), quota)]
    const charges = await database.sql.query('SELECT 1 FROM charge WHERE account_id = $1', [accountId])
    return {
      met: {
        charges: charges.length,
        bonus: left!.bonus,
        quota: left!.quota,
        wallet: await books.wallet(accountId),
        toldTwice: recorded.length - new Set(recorded).size,
      },
      expected: {
        charges: REQUESTS,
        bonus: bonus - byBonus,
        quota: quota - byQuota,
        wallet: 5_000n - (cost - byBonus - byQuota),
        toldTwice: 0,
      },
    }
  }

  test.skipIf(missing)(
    `T43: whatever questions and answers get lost, in whatever order processes settle, everything is charged once${missing ? ` (skipped: ${missing})` : ''}`,
    async () => {
      const seeds = Array.from({ length: SEEDS }, (_, number) => FIRST + number)
      const ends = await Promise.all(seeds.map(async (seed) => ({ seed, ...(await simulate(seed)) })))
      expect(ends.map(({ seed, met }) => ({ seed, ...met }))).toEqual(
        ends.map(({ seed, expected }) => ({ seed, ...expected })),
      )
      await expectBooksInOrder(database.sql)
    },
    120_000,
  )
})
