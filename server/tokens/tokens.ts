import { UniqueConstraintViolationException } from '@mikro-orm/core'
import { BlockList, isIP } from 'node:net'
import { type Context, signedIn } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import { isId, newId } from '../platform/ids.ts'
import type { Nano } from '../platform/money.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'
import type { TokenBook } from './token.book.ts'
import { ApiToken } from './token.entity.ts'
import { apiTokenNameTaken, apiTokenNotFound, apiTokenRevoked, tooManyApiTokens } from './token.errors.ts'
import { mintSecret } from './token.secret.ts'

/** API tokens: made, listed, limited and revoked by their owner. Who calls with one is token.book.ts. */
export type TokensContext = Context & {
  tokenBook: TokenBook
  /** What the viewer's plan allows. */
  activeTokensMax(userId: string): Promise<number>
  /** Whether callers may use a model of this name. */
  modelExists(id: string): boolean
}

export type ApiTokenStatus = 'active' | 'paused' | 'expired' | 'revoked'

/** What an owner may set. Undefined leaves a value as it is, null removes a limit. */
export interface ApiTokenSettings {
  name?: string
  note?: string | null
  expiresAt?: Date | null
  models?: string[]
  requestsPerMinute?: number | null
  ipAllowList?: string[]
  tokensPerMinute?: number | null
  /** Requests at a time. */
  concurrency?: number | null
  /** Spend caps in nano-CNY. */
  capDay?: Nano | null
  capWeek?: Nano | null
  capMonth?: Nano | null
}

export interface CreatedApiToken {
  apiToken: ApiToken
  /** Shown to the owner now and never again. */
  secret: string
}

/** Errors: too_many_api_tokens, api_token_name_taken, invalid_request. */
export async function createApiToken(
  ctx: TokensContext,
  settings: ApiTokenSettings & { name: string },
): Promise<CreatedApiToken> {
  const owner = signedIn(ctx)
  const max = await ctx.activeTokensMax(owner.id)
  const checked = checkSettings(ctx, settings)
  const { secret, hash, prefix, lastFour } = mintSecret()
  const apiToken = await ctx.em.transactional(async (tx) => {
    // The owner's row is the lock: two requests at once cannot both take the last place.
    await tx.execute('SELECT id FROM app_user WHERE id = ? FOR UPDATE', [owner.id])
    if ((await countActive(tx, owner.id, ctx.now())) >= max) throw tooManyApiTokens(max)
    const token = tx.create(ApiToken, {
      id: newId(),
      userId: owner.id,
      secretHash: hash,
      prefix,
      lastFour,
      createdAt: ctx.now(),
      ...checked,
      name: checked.name!,
    })
    await flushUniqueName(tx, token)
    return token
  })
  return { apiToken, secret }
}

/** Errors: api_token_not_found, api_token_revoked, api_token_name_taken, invalid_request. */
export async function updateApiToken(
  ctx: TokensContext,
  id: string,
  { paused, ...settings }: ApiTokenSettings & { paused?: boolean },
): Promise<ApiToken> {
  const token = await findOwn(ctx, id)
  if (token.revokedAt) throw apiTokenRevoked()
  Object.assign(token, checkSettings(ctx, settings))
  if (paused !== undefined) token.pausedAt = paused ? (token.pausedAt ?? ctx.now()) : null
  await flushUniqueName(ctx.em, token)
  ctx.tokenBook.forgetToken(id)
  return token
}

/**
 * A new secret for the same token; the old one opens the door until `graceHours` from now (0: not any more).
 * Errors: api_token_not_found, api_token_revoked.
 */
export async function rotateApiToken(
  ctx: TokensContext,
  id: string,
  graceHours: number,
): Promise<CreatedApiToken> {
  const token = await findOwn(ctx, id)
  if (token.revokedAt) throw apiTokenRevoked()
  const { secret, hash, prefix, lastFour } = mintSecret()
  token.previousHash = graceHours > 0 ? token.secretHash : null
  token.previousHashUntil = graceHours > 0 ? new Date(ctx.now().getTime() + graceHours * HOUR_MS) : null
  Object.assign(token, { secretHash: hash, prefix, lastFour })
  await ctx.em.flush()
  ctx.tokenBook.forgetToken(id)
  return { apiToken: token, secret }
}

const HOUR_MS = 3_600_000

/** Revoking twice is not an error: the owner wanted the token dead, and it is. */
export async function revokeApiToken(ctx: TokensContext, id: string): Promise<ApiToken> {
  const token = await findOwn(ctx, id)
  token.revokedAt ??= ctx.now()
  await ctx.em.flush()
  ctx.tokenBook.forgetToken(id)
  return token
}

/** Someone else's token does not exist. Errors: api_token_not_found. */
export async function findOwn(ctx: Context, id: string): Promise<ApiToken> {
  const owner = signedIn(ctx)
  const token = isId(id) ? await ctx.em.findOne(ApiToken, { id, userId: owner.id }) : null
  if (!token) throw apiTokenNotFound()
  return token
}

export interface ApiTokenFilter {
  status?: ApiTokenStatus
  /** Part of the name, the note, or the visible characters of the secret. */
  search?: string
}

/** The viewer's tokens, newest first. */
export async function listApiTokens(
  ctx: Context,
  page: PageArgs,
  { status, search }: ApiTokenFilter,
): Promise<Connection<ApiToken>> {
  const query = pageQueryById(page)
  const conditions: object[] = [{ userId: signedIn(ctx).id }]
  if (query.cursor) conditions.push({ id: query.backwards ? { $gt: query.cursor } : { $lt: query.cursor } })
  if (status) conditions.push(statusCondition(status, ctx.now()))
  if (search) {
    const like = { $ilike: `%${search.replace(/[\\%_]/g, '\\$&')}%` }
    conditions.push({ $or: [{ name: like }, { note: like }, { prefix: like }, { lastFour: like }] })
  }
  const rows = await ctx.em.find(
    ApiToken,
    { $and: conditions },
    { orderBy: { id: query.backwards ? 'asc' : 'desc' }, limit: query.limit + 1 },
  )
  return toConnection(rows, query, (token) => token.id)
}

export function statusOf(token: ApiToken, now: Date): ApiTokenStatus {
  if (token.revokedAt) return 'revoked'
  if (token.expiresAt && token.expiresAt <= now) return 'expired'
  return token.pausedAt ? 'paused' : 'active'
}

/** Null: the secret before the last rotation opens nothing any more. */
export function oldSecretUntil({ previousHashUntil: end, revokedAt }: ApiToken, now: Date): Date | null {
  return end && end > now && !revokedAt ? end : null
}

function statusCondition(status: ApiTokenStatus, now: Date): object {
  const unexpired = { $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] }
  switch (status) {
    case 'revoked':
      return { revokedAt: { $ne: null } }
    case 'expired':
      return { revokedAt: null, expiresAt: { $lte: now } }
    case 'paused':
      return { revokedAt: null, pausedAt: { $ne: null }, ...unexpired }
    case 'active':
      return { revokedAt: null, pausedAt: null, ...unexpired }
  }
}

const countActive = (em: Context['em'], userId: string, now: Date) =>
  em.count(ApiToken, { userId, revokedAt: null, $or: [{ expiresAt: null }, { expiresAt: { $gt: now } }] })

async function flushUniqueName(em: Context['em'], { name }: ApiToken) {
  try {
    await em.flush()
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException) throw apiTokenNameTaken(name)
    throw error
  }
}

function checkSettings(ctx: TokensContext, settings: ApiTokenSettings): ApiTokenSettings {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
  const checked = given as ApiTokenSettings
  if (checked.name !== undefined) {
    checked.name = checked.name?.trim()
    if (!checked.name) throw invalidField('name', 'Give the API token a name.', '请填写令牌名称。')
  }
  if (checked.expiresAt && checked.expiresAt <= ctx.now())
    throw invalidField('expiresAt', 'The expiry must lie in the future.', '到期时间须在将来。')
  const unknown = checked.models?.find((id) => !ctx.modelExists(id))
  if (unknown !== undefined)
    throw invalidField('models', `There is no model named "${unknown}".`, `没有名为“${unknown}”的模型。`)
  if (checked.models) checked.models = [...new Set(checked.models)]
  for (const cap of ['capDay', 'capWeek', 'capMonth'] as const)
    if ((checked[cap] ?? 0n) < 0n)
      throw invalidField(cap, 'A spend cap must not be below zero.', '消费上限不能小于零。')
  for (const range of checked.ipAllowList ?? []) checkRange(range)
  return checked
}

/** An address, or a CIDR range: `203.0.113.0/24`, `2001:db8::/32`. */
function checkRange(range: string) {
  const [address = '', bits, ...rest] = range.split('/')
  const family = isIP(address)
  const valid =
    family !== 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
  if (!valid)
    throw invalidField(
      'ipAllowList',
      `"${range}" is neither an IP address nor a range such as 203.0.113.0/24.`,
      `“${range}”既不是 IP 地址，也不是 203.0.113.0/24 这样的范围。`,
    )
}

/** Whether an address is in one of the ranges; an empty list lets everybody in. */
export function isAllowedAddress(address: string, ranges: readonly string[]): boolean {
  if (ranges.length === 0) return true
  const list = new BlockList()
  for (const range of ranges) {
    const [base, bits] = range.split('/')
    const family = isIP(base!) === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(base!, family)
    else list.addSubnet(base!, Number(bits), family)
  }
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}
