import type { Bus } from '../platform/bus.ts'
import { isId } from '../platform/ids.ts'
import { isDatabaseAway, type SqlPool } from '../platform/sql.ts'
import { serviceUnavailable } from '../platform/errors.ts'
import type { CapSettings, CapZone } from './caps.ts'
import { invalidApiKey } from './token.errors.ts'
import { hashSecret, isWellFormed } from './token.secret.ts'

/** What the owner's plan allows, as far as API tokens are concerned. */
export interface OwnerTerms {
  requestsPerMinute: number
  /** Longest prompt in LLM tokens; null for no limit. */
  contextTokensMax: number | null
  /** What the owner pays of a model's price, in parts per million. */
  discountPpm(modelId: string): bigint
  /** When these terms may change by themselves: the end of the period. */
  validUntil: Date | null
}

/** What the relay must know of an API token and its owner, in one object that lives in memory. */
export interface TokenHolder {
  tokenId: string
  userId: string
  /** Empty: every model. */
  models: ReadonlySet<string>
  ipAllowList: readonly string[]
  /** The lower of the token's own limit and the plan's. */
  requestsPerMinute: number
  tokensPerMinute: number | null
  concurrency: number | null
  contextTokensMax: number | null
  /** Spend caps of the token, and of its owner over all tokens. */
  caps: CapSettings
  accountCaps: CapSettings
  capZone: CapZone
  discountPpm(modelId: string): bigint
}

/**
 * The API tokens in memory, by the SHA-256 of their secret. A secret of the wrong shape is refused without
 * a look-up; a revoked one is forgotten at once in this process, and in the others when they hear of it: who
 * hears nothing believes nothing.
 */
export interface TokenBook {
  /** Errors: invalid_api_key (missing, malformed, unknown, expired, revoked, paused), service_unavailable. */
  authenticate(secret: string | undefined): Promise<TokenHolder>
  /** For Model Testing: a token of the signed-in user, by id. Errors: invalid_api_key. */
  holderOf(userId: string, tokenId: string): Promise<TokenHolder>
  /** After a change of the token, its owner or the owner's plan: here at once, elsewhere when it is heard. */
  forgetToken(tokenId: string): void
  forgetUser(userId: string): void
}

export interface TokenBookOptions {
  sql: SqlPool
  now: () => Date
  bus: Bus
  termsOf(userId: string): Promise<OwnerTerms>
}

/** Longest time a row may be believed without asking again, whatever notifications got lost. */
const TTL_MS = 30_000
/** An unknown secret is not asked for again for this long; a new one is unknown to nobody. */
const UNKNOWN_TTL_MS = 5_000
const ENTRIES_MAX = 50_000

interface Row {
  id: string
  user_id: string
  models: string[]
  ip_allow_list: string[]
  requests_per_minute: number | null
  tokens_per_minute: number | null
  concurrency: number | null
  expires_at: Date | null
  paused_at: Date | null
  revoked_at: Date | null
  suspended_at: Date | null
  cap_day: bigint | null
  cap_week: bigint | null
  cap_month: bigint | null
  user_cap_day: bigint | null
  user_cap_week: bigint | null
  user_cap_month: bigint | null
  time_zone: string
  previous_time_zone: string | null
  time_zone_changed_at: Date | null
}

interface Entry {
  row: Row | undefined
  holder: TokenHolder | undefined
  until: number
}

const COLUMNS = `t.id, t.user_id, t.models, t.ip_allow_list, t.requests_per_minute, t.tokens_per_minute,
  t.concurrency, t.expires_at, t.paused_at, t.revoked_at, u.suspended_at, t.cap_day, t.cap_week, t.cap_month,
  u.cap_day AS user_cap_day, u.cap_week AS user_cap_week, u.cap_month AS user_cap_month, u.time_zone,
  u.previous_time_zone, u.time_zone_changed_at`

export function createTokenBook(options: TokenBookOptions): TokenBook {
  const entries = new Map<string, Entry>()
  const loading = new Map<string, Promise<Entry>>()
  /** Counts forgettings: what was read before one must not be kept after it. */
  let generation = 0

  async function entryFor(key: string, load: () => Promise<Row | undefined>): Promise<Entry> {
    const known = entries.get(key)
    if (known && known.until > options.now().getTime() && options.bus.sure) return known
    const running = loading.get(key) ?? startReading(key, load)
    loading.set(key, running)
    return running
  }

  function startReading(key: string, load: () => Promise<Row | undefined>): Promise<Entry> {
    const reading = read(key, load).finally(() => {
      if (loading.get(key) === reading) loading.delete(key)
    })
    return reading
  }

  async function read(key: string, load: () => Promise<Row | undefined>): Promise<Entry> {
    const started = generation
    const row = await load()
    const terms = row && (await options.termsOf(row.user_id))
    const now = options.now().getTime()
    const ttl = Math.min(row ? TTL_MS : UNKNOWN_TTL_MS, (terms?.validUntil?.getTime() ?? Infinity) - now)
    const entry = { row, holder: row && terms && holderFrom(row, terms), until: now + ttl }
    if (started === generation) {
      if (entries.size >= ENTRIES_MAX) entries.delete(entries.keys().next().value!)
      entries.set(key, entry)
    }
    return entry
  }

  function forget(matches: (row: Row) => boolean) {
    generation += 1
    for (const [key, { row }] of entries) if (row && matches(row)) entries.delete(key)
    // What is being read may have been read before the change: the next caller reads for itself.
    loading.clear()
  }
  const forgetToken = (tokenId: string) => forget((row) => row.id === tokenId)
  const forgetUser = (userId: string) => forget((row) => row.user_id === userId)
  options.bus.hear('apiTokenChanged', ({ tokenId }) => forgetToken(tokenId))
  options.bus.hear('userChanged', ({ userId }) => forgetUser(userId))
  options.bus.onDoubt(() => forget(() => true))

  const select = (where: string, values: unknown[]) => readRow(options.sql, where, values)

  return {
    async authenticate(secret) {
      if (!secret) throw invalidApiKey('missing')
      if (!isWellFormed(secret)) throw invalidApiKey('malformed')
      const hash = hashSecret(secret)
      const where = 't.secret_hash = $1 OR (t.previous_hash = $1 AND t.previous_hash_until > $2)'
      const entry = await orUnavailable(
        entryFor(hash.toString('base64'), () => select(where, [hash, options.now()])),
      )
      return opened(entry, options.now())
    },
    async holderOf(userId, tokenId) {
      if (!isId(tokenId)) throw invalidApiKey('unknown')
      const where = 't.id = $1 AND t.user_id = $2'
      const entry = await orUnavailable(
        entryFor(`${userId} ${tokenId}`, () => select(where, [tokenId, userId])),
      )
      return opened(entry, options.now())
    },
    forgetToken(tokenId) {
      forgetToken(tokenId)
      options.bus.tell('apiTokenChanged', { tokenId })
    },
    forgetUser(userId) {
      forgetUser(userId)
      options.bus.tell('userChanged', { userId })
    },
  }
}

async function readRow(sql: SqlPool, where: string, values: unknown[]): Promise<Row | undefined> {
  const text = `SELECT ${COLUMNS} FROM api_token t JOIN app_user u ON u.id = t.user_id WHERE ${where}`
  return (await sql.query<Row>(text, values))[0]
}

function opened({ row, holder }: Entry, now: Date): TokenHolder {
  if (!row || !holder) throw invalidApiKey('unknown')
  if (row.revoked_at || row.suspended_at) throw invalidApiKey('revoked')
  if (row.expires_at && row.expires_at <= now) throw invalidApiKey('expired')
  if (row.paused_at) throw invalidApiKey('paused')
  return holder
}

function holderFrom(row: Row, terms: OwnerTerms): TokenHolder {
  return {
    tokenId: row.id,
    userId: row.user_id,
    models: new Set(row.models),
    ipAllowList: row.ip_allow_list,
    requestsPerMinute: Math.min(row.requests_per_minute ?? Infinity, terms.requestsPerMinute),
    tokensPerMinute: row.tokens_per_minute,
    concurrency: row.concurrency,
    contextTokensMax: terms.contextTokensMax,
    caps: { day: row.cap_day, week: row.cap_week, month: row.cap_month },
    accountCaps: { day: row.user_cap_day, week: row.user_cap_week, month: row.user_cap_month },
    capZone: {
      timeZone: row.time_zone,
      previous: row.previous_time_zone,
      changedAt: row.time_zone_changed_at,
    },
    discountPpm: terms.discountPpm,
  }
}

/** Our fault must never look like a bad key. */
async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw isDatabaseAway(error) ? serviceUnavailable(error) : error
  }
}
