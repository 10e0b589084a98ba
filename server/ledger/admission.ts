import { serviceUnavailable } from '../platform/errors.ts'
import type { Account, Accounts } from './accounts.ts'
import type { HoldRequest, RunningCharge } from './billing.ts'
import type { DatabaseHealth } from './database-health.ts'
import { allHeld, nothingLeft } from './ledger.errors.ts'
import { type Demand, NO_SPLIT, type Split } from './pools.ts'
import { costOf, isFree } from './price.ts'
import { demandOf, type Parts, startCharge } from './running-charge.ts'
import { requestRow, type RequestRow } from './settlement.ts'

/** Rich enough for memory to decide: so many times the estimate, and more than all instances may spend meanwhile. */
const GREEN_ESTIMATES = 50n
/** How long a refusal by the database stands for requests for the same model, if nothing changes here. */
const REFUSAL_MS = 250
const QUEUE_MAX = 50_000
/** While the database is away: a share of what was there, and only for so long (PRODUCT.md §9). */
const BLIND_PERCENT = 10n
const BLIND_MS = 30_000

export interface AdmissionOptions {
  accounts: Accounts
  health: DatabaseHealth
  parts: Parts
  refreshMs: number
}

/** One promise of money per request: in memory for the rich, in the database near zero. */
export async function admit(options: AdmissionOptions, request: HoldRequest): Promise<RunningCharge> {
  const { accounts, health, parts } = options
  if (parts.lease.fenced || parts.journal?.usable === false || parts.settler.queued > QUEUE_MAX)
    throw serviceUnavailable()

  const row = requestRow(request)
  const cost = costOf(request.price, {
    promptTokens: request.promptTokens,
    cachedTokens: null,
    completionTokens: request.outputTokens,
    reasoningTokens: null,
  })
  const demand = demandOf(row, cost, request.promptTokens + request.outputTokens)
  const account = accounts.find(request.accountId)
  if (isFree(request.price) || isRich(options, account, demand)) {
    const split = isFree(request.price) ? NO_SPLIT : account.split(demand)
    if (health.awayFor() !== undefined) spendBlindly(health, account, demand, split)
    account.noteSpending(demand)
    return startCharge(parts, {
      row,
      account,
      split,
      durable: hold(options, { row, account, demand, split, patient: request.patient === true }),
    })
  }
  if (health.awayFor() !== undefined) throw serviceUnavailable()
  return admitByDatabase(options, { row, account, demand })
}

/** GREEN: one pool alone has plenty. */
function isRich({ parts, refreshMs }: AdmissionOptions, account: Account, demand: Demand): boolean {
  const left = account.available(demand)
  const spending = account.spending(refreshMs)
  const instances = BigInt(parts.lease.instances)
  const enough = (estimate: bigint, spent: bigint) =>
    max(GREEN_ESTIMATES * estimate, instances * (spent + estimate))
  const tokens = enough(demand.tokens, spending.tokens)
  const money = enough(demand.cost, spending.cost)
  return (
    (left.bonusTokens > 0n && left.bonusTokens >= tokens) ||
    (left.quota > 0n && left.quota >= money) ||
    (left.wallet > 0n && left.wallet >= money)
  )
}

/** AMBER and RED: the database decides under the account's lock, for all processes. */
async function admitByDatabase(
  { parts }: AdmissionOptions,
  { row, account, demand }: Omit<Promised, 'split'>,
): Promise<RunningCharge> {
  if (isFreshlyRefused(account, demand)) throw refusalOf(account, demand)
  const { split, state } = await parts.holds.check(row, demand)
  if (state) account.apply(state)
  if (split) return startCharge(parts, { row, account, split, durable: journalStart(parts, row) })
  account.refused = { modelId: demand.modelId, at: performance.now() }
  throw refusalOf(account, demand)
}

/** Errors: insufficient_balance, which says whether running requests may give something back. */
function refusalOf(account: Account, demand: Demand) {
  const { bonusTokens, quota, wallet } = account.owned(demand)
  const hasSome = bonusTokens > 0n || quota > 0n || wallet > 0n
  return (hasSome ? allHeld : nothingLeft)(account.available(demand))
}

/** The hold is in the database: the journal only makes what a crash leaves more exact. */
const journalStart = async ({ journal }: Parts, row: RequestRow) => {
  await journal?.append({ kind: 'start', row }).catch(() => {})
}

const isFreshlyRefused = ({ refused }: Account, { modelId }: Demand) =>
  refused !== undefined && refused.modelId === modelId && performance.now() - refused.at < REFUSAL_MS

interface Promised {
  row: RequestRow
  account: Account
  demand: Demand
  split: Split
}

/** Resolves once the hold is committed; or journaled, when the database is away and the blind budget allows it. */
async function hold(
  { health, parts }: AdmissionOptions,
  { row, account, demand, split, patient }: Promised & { patient: boolean },
): Promise<void> {
  const journaled = parts.journal?.append({ kind: 'start', row }).then(
    () => true,
    () => false,
  )
  const alreadyBlind = health.awayFor() !== undefined
  const placed = parts.holds.place(row, split, patient && parts.journal !== undefined)
  // The hold is written when the database is back; the journal stands for it until then.
  if (alreadyBlind) placed.catch(() => {})
  else if (await placed) return void (await journaled)
  if (!(await journaled)) throw serviceUnavailable()
  if (!alreadyBlind) spendBlindly(health, account, demand, split)
}

/** Errors: service_unavailable when the account's budget for this outage is spent. */
function spendBlindly(health: DatabaseHealth, account: Account, demand: Demand, split: Split) {
  account.blind ??= { bonusTokens: 0n, money: 0n, of: account.available(demand) }
  const { blind } = account
  const bonusTokens = blind.bonusTokens + split.bonusTokens
  const money = blind.money + split.quota + split.wallet
  if (
    (health.awayFor() ?? 0) > BLIND_MS ||
    bonusTokens * 100n > blind.of.bonusTokens * BLIND_PERCENT ||
    money * 100n > (positive(blind.of.quota) + positive(blind.of.wallet)) * BLIND_PERCENT
  )
    throw serviceUnavailable()
  account.blind = { ...blind, bonusTokens, money }
}

const positive = (value: bigint) => max(value, 0n)
const max = (a: bigint, b: bigint) => (a > b ? a : b)
