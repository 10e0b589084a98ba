import fc from 'fast-check'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Database } from '../../server/database.ts'
import { expireBuckets } from '../../server/ledger/expiry.ts'
import { createLedger, type Ledger } from '../../server/ledger/ledger.ts'
import { newId } from '../../server/platform/ids.ts'
import { createLog } from '../../server/platform/log.ts'
import { databases } from '../support/databases.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { createBooks, NOW, outcome, request } from './books.ts'
import { type OracleAccount, settleOne } from './oracle.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 25)
/** A bucket is written off when no request admitted before its end can still run. */
const GRACE_MS = 76 * 60_000

/** What the model and the ledger both know: amounts in nano-CNY and LLM tokens, times in minutes from the start. */
interface Model {
  account: OracleAccount
  charges: Map<string, bigint>
  minute: number
}

interface Real {
  /** Two processes on one database, used in turn. */
  ledgers: Ledger[]
  database: Database
  accountId: string
  buckets: string[]
  clock: { now: Date }
}

type Command = fc.AsyncCommand<Model, Real>

const source = (real: Real) => ({
  accountId: real.accountId,
  sourceType: 'test',
  sourceId: newId(),
  note: null,
})
const at = (minute: number) => new Date(NOW.getTime() + minute * 60_000)
const any = (real: Real) => real.ledgers[real.buckets.length % real.ledgers.length]!

abstract class Step implements Command {
  check = () => true
  abstract run(model: Model, real: Real): Promise<void>
  abstract toString(): string
}

class TopUp extends Step {
  constructor(readonly amount: bigint) {
    super()
  }
  async run({ account }: Model, real: Real) {
    const change = { ...source(real), amount: this.amount, kind: 'top_up' as const }
    for (const ledger of real.ledgers)
      await real.database.sql.transaction((tx) => ledger.creditWallet(tx, change))
    account.wallet += this.amount
  }
  toString = () => `top up ${this.amount}`
}

class Refund extends Step {
  constructor(readonly amount: bigint) {
    super()
  }
  async run({ account }: Model, real: Real) {
    const change = { ...source(real), amount: -this.amount, bucketId: null, kind: 'refund' as const }
    await real.database.sql.transaction((tx) => any(real).adjust(tx, change))
    account.wallet -= this.amount
  }
  toString = () => `refund ${this.amount}`
}

class Buy extends Step {
  constructor(
    readonly price: bigint,
    readonly minutes: number,
  ) {
    super()
  }
  async run({ account, minute }: Model, real: Real) {
    const change = source(real)
    const bought = real.database.sql.transaction(async (tx) => {
      const ledger = any(real)
      await ledger.debitWallet(tx, { ...change, amount: this.price, kind: 'purchase' })
      const period = { validFrom: at(minute), validUntil: at(minute + this.minutes) }
      await ledger.grantQuota(tx, { ...change, amount: this.price * 2n, ...period, kind: 'purchase' })
    })
    if (account.wallet < this.price) {
      await expect(bought).rejects.toMatchObject({ code: 'insufficient_balance' })
      return
    }
    await bought
    account.wallet -= this.price
    const until = minute + this.minutes
    account.buckets.push({ kind: 'quota', remaining: this.price * 2n, models: [], from: minute, until })
    real.buckets.push(change.sourceId)
  }
  toString = () => `buy for ${this.price}, ${this.minutes} min`
}

class Grant extends Step {
  constructor(
    readonly tokens: bigint,
    readonly minutes: number | null,
    readonly models: string[],
  ) {
    super()
  }
  async run({ account, minute }: Model, real: Real) {
    const change = source(real)
    const until = this.minutes === null ? null : minute + this.minutes
    const grant = {
      ...change,
      tokens: this.tokens,
      models: this.models,
      expiresAt: until === null ? null : at(until),
    }
    await real.database.sql.transaction((tx) => any(real).grantBonus(tx, grant))
    account.buckets.push({ kind: 'bonus', remaining: this.tokens, models: this.models, from: minute, until })
    real.buckets.push(change.sourceId)
  }
  toString = () => `grant ${this.tokens} for ${this.minutes ?? 'ever'} to ${this.models.join() || 'all'}`
}

class Use extends Step {
  constructor(
    readonly model: string,
    readonly prompt: number,
    readonly answer: number,
    readonly twice: boolean,
  ) {
    super()
  }
  async run(model: Model, real: Real) {
    const [ledger, other] = real.ledgers as [Ledger, Ledger]
    for (const one of real.ledgers) await one.balanceChanged(real.accountId)
    const asked = request(real.accountId, { modelId: this.model, admittedAt: at(model.minute) })
    const hasSomething = this.fundsFor(model)
    const admitted = await ledger.admit(asked).catch((error: { code: string }) => error.code)
    if (typeof admitted === 'string') {
      expect([admitted, hasSomething]).toEqual(['insufficient_balance', false])
      return
    }
    expect(hasSomething).toBe(true)
    await admitted.durable
    await admitted.settle(outcome(this.prompt, this.answer))
    if (this.twice) await admitted.settle(outcome(this.prompt + 1, this.answer))
    await other.balanceChanged(real.accountId)
    const tokens = BigInt(this.prompt + this.answer)
    settleOne(
      { accounts: [model.account], charges: model.charges, conflicts: new Set() },
      {
        id: asked.requestId,
        account: 0,
        model: this.model,
        at: model.minute,
        tokens,
        cost: tokens,
        free: false,
      },
    )
  }
  private fundsFor({ account, minute }: Model) {
    const eligible = account.buckets.filter(
      ({ from, until, models }) =>
        from <= minute &&
        minute < (until ?? Infinity) &&
        (models.length === 0 || models.includes(this.model)),
    )
    return account.wallet > 0n || eligible.some(({ remaining }) => remaining > 0n)
  }
  toString = () => `use ${this.model} ${this.prompt}+${this.answer}${this.twice ? ', settled twice' : ''}`
}

class Wait extends Step {
  constructor(readonly minutes: number) {
    super()
  }
  async run(model: Model, real: Real) {
    model.minute += this.minutes
    real.clock.now = at(model.minute)
    await expireBuckets(real.database.sql, real.clock.now)
    for (const bucket of model.account.buckets)
      if (bucket.until !== null && at(bucket.until).getTime() + GRACE_MS - 60_000 < real.clock.now.getTime())
        bucket.remaining = 0n
  }
  toString = () => `wait ${this.minutes} min`
}

const amount = fc.bigInt(1n, 300n)
const minutes = fc.integer({ min: 1, max: 60 })
const model = fc.constantFrom('a', 'b')
const commands = fc.commands(
  [
    amount.map((given) => new TopUp(given)),
    amount.map((given) => new Refund(given)),
    fc.tuple(amount, minutes).map((given) => new Buy(...given)),
    fc.tuple(amount, fc.option(minutes), fc.subarray(['a', 'b'])).map((given) => new Grant(...given)),
    fc
      .tuple(model, fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 150 }), fc.boolean())
      .map((given) => new Use(...given)),
    fc.integer({ min: 1, max: 90 }).map((given) => new Wait(given)),
  ],
  { maxCommands: 25 },
)

describe.each(databases)('an account on $name', ({ missing, open }) => {
  let database: Database
  beforeAll(async () => {
    if (!missing) database = await open()
  })

  test.skipIf(missing)(
    `T2: whatever is done to it in whatever order, its pools are those of a model with big integers${missing ? ` (skipped: ${missing})` : ''}`,
    async () => {
      const clock = { now: NOW }
      const books = createBooks(database)
      const ledgers = await Promise.all(
        [1, 2].map(async () => {
          const ledger = createLedger({
            sql: database.sql,
            log: createLog('silent'),
            now: () => clock.now,
            instanceId: newId(),
            dataDir: undefined,
            listener: { record: async () => {}, committed: () => {} },
            onBalanceChanged: () => {},
          })
          await ledger.start()
          onTestFinished(() => ledger.stop())
          return ledger
        }),
      )
      await fc.assert(
        fc.asyncProperty(commands, async (steps) => {
          clock.now = NOW
          const accountId = await books.account({})
          const real: Real = { ledgers, database, accountId, buckets: [], clock }
          const start: Model = { account: { wallet: 0n, buckets: [] }, charges: new Map(), minute: 0 }
          await fc.asyncModelRun(() => ({ model: start, real }), steps)
          const rows = await database.sql.query<{ source_id: string; remaining: bigint }>(
            'SELECT source_id, remaining FROM bucket WHERE account_id = $1',
            [accountId],
          )
          const remaining = new Map(rows.map((row) => [row.source_id, row.remaining]))
          expect([await books.wallet(accountId), ...real.buckets.map((id) => remaining.get(id))]).toEqual([
            start.account.wallet,
            ...start.account.buckets.map((bucket) => bucket.remaining),
          ])
        }),
        { numRuns: RUNS },
      )
      await expectBooksInOrder(database.sql)
    },
    120_000,
  )
})
