import { audit } from '../platform/audit.ts'
import { administrator, type Context } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { formatCny, type Nano, PPM_ONE, type Ppm } from '../platform/money.ts'
import { type Connection, type PageArgs, pageQuery, toConnection } from '../platform/page.ts'
import type { Sql } from '../platform/sql.ts'
import { planExists, planNotForSale, planNotFound } from './plan.errors.ts'
import { FREE } from './plans.ts'

/** A plan with one version of its terms: what can be bought, or what was. */
export interface Offer {
  planId: string
  name: string
  position: number
  visible: boolean
  versionId: string
  priceNano: Nano
  quotaNano: Nano
  months: number
  requestsPerMinute: number
  contextTokensMax: number | null
  activeTokensMax: number
  discountPpm: Ppm
  modelDiscountPpm: Record<string, number>
  isExample: boolean
}

export interface Terms {
  price: Nano
  /** Money-valued allowance for one period. */
  quota: Nano
  months: number
  requestsPerMinute: number
  /** LLM tokens; null for no limit. */
  contextTokensMax: number | null
  activeTokensMax: number
  /** What the user pays of a model's price, in parts per million. */
  discountPpm: number
  modelDiscounts: { modelId: string; discountPpm: number }[]
}

type OffersContext = Context & { modelExists(id: string): boolean }

const COLUMNS = `p.id AS "planId", p.name, p.position, p.visible, v.id AS "versionId", v.price_nano AS "priceNano",
  v.quota_nano AS "quotaNano", v.months, v.requests_per_minute AS "requestsPerMinute",
  v.context_tokens_max AS "contextTokensMax", v.active_tokens_max AS "activeTokensMax",
  v.discount_ppm AS "discountPpm", v.model_discount_ppm AS "modelDiscountPpm", v.is_example AS "isExample"`
const CURRENT = `plan p JOIN LATERAL (SELECT * FROM plan_version WHERE plan_id = p.id
  ORDER BY created_at DESC, id DESC LIMIT 1) v ON true`

/** What a purchase now would get. Errors: plan_not_found. */
export async function offerOf(sql: Sql, planId: string): Promise<Offer> {
  const [offer] = await sql.query<Offer>(`SELECT ${COLUMNS} FROM ${CURRENT} WHERE p.id = $1`, [planId])
  if (!offer) throw planNotFound()
  return offer
}

/** What a customer may buy now. Errors: plan_not_found, plan_not_for_sale. */
export async function findForSale(sql: Sql, planId: string): Promise<Offer> {
  const offer = await offerOf(sql, planId)
  if (planId === FREE) throw planNotForSale()
  if (!offer.visible) throw planNotFound()
  return offer
}

/** The terms of a version, whatever is offered now. */
export async function offerOfVersion(sql: Sql, versionId: string): Promise<Offer> {
  const [offer] = await sql.query<Offer>(
    `SELECT ${COLUMNS} FROM plan_version v JOIN plan p ON p.id = v.plan_id WHERE v.id = $1`,
    [versionId],
  )
  return offer!
}

/** Everything that a stranger could buy, in the shop's order. */
export const visibleOffers = (sql: Sql): Promise<Offer[]> =>
  sql.query<Offer>(`SELECT ${COLUMNS} FROM ${CURRENT} WHERE p.visible ORDER BY p.position, p.id`)

/** What is offered, in the shop's order. Administrators see withdrawn plans too. */
export async function listPlans(ctx: Context, page: PageArgs): Promise<Connection<Offer>> {
  const query = pageQuery(page)
  const [, position, id] = /^(-?\d{1,9}) (.+)$/.exec(query.cursor ?? '') ?? []
  if (query.cursor && id === undefined) throw invalidField('after', 'This cursor is not one of ours.')
  const [past, order] = query.backwards ? ['<', 'DESC'] : ['>', 'ASC']
  const rows = await ctx.sql.query<Offer>(
    `SELECT ${COLUMNS} FROM ${CURRENT}
     WHERE (p.visible OR $1) AND ($3::text IS NULL OR (p.position, p.id) ${past} ($2::integer, $3))
     ORDER BY p.position ${order}, p.id ${order} LIMIT $4`,
    [ctx.viewer?.isAdmin ?? false, position ?? 0, id ?? null, query.limit + 1],
  )
  return toConnection(rows, query, (offer) => `${offer.position} ${offer.planId}`)
}

/** How many periods of each plan run now, whichever version they began with. */
export async function subscribersOf(
  { sql, now }: Pick<Context, 'sql' | 'now'>,
  planIds: readonly string[],
): Promise<number[]> {
  const rows = await sql.query<{ planId: string; running: number }>(
    `SELECT v.plan_id AS "planId", count(*)::int AS running
       FROM plan_subscription s JOIN plan_version v ON v.id = s.plan_version_id
      WHERE v.plan_id = ANY ($1) AND s.status = 'active' AND s.period_start <= $2 AND s.period_end > $2
      GROUP BY v.plan_id`,
    [planIds, now()],
  )
  const running = new Map(rows.map((row) => [row.planId, row.running]))
  return planIds.map((id) => running.get(id) ?? 0)
}

/** Errors: admin_required, plan_exists, invalid_request. */
export async function createPlan(
  ctx: OffersContext,
  { id, name, position, terms }: { id: string; name: string; position?: number | undefined; terms: Terms },
): Promise<Offer> {
  administrator(ctx)
  checkTerms(ctx, id, terms)
  return ctx.sql.transaction(async (tx) => {
    const made = await tx.query(
      `INSERT INTO plan (id, name, position, created_at)
       SELECT $1, $2, coalesce($3, max(position) + 1, 0), $4 FROM plan ON CONFLICT DO NOTHING RETURNING id`,
      [id, name.trim(), position ?? null, ctx.now()],
    )
    if (made.length === 0) throw planExists(id)
    await insertVersion(tx, { planId: id, terms, now: ctx.now() })
    const offer = await offerOf(tx, id)
    await audit(tx, ctx, { action: 'create_plan', target: id, detail: termsFor(offer) })
    return offer
  })
}

/**
 * New terms for purchases and renewals from now on; running periods keep theirs.
 * Errors: admin_required, plan_not_found, invalid_request.
 */
export async function createPlanVersion(ctx: OffersContext, planId: string, terms: Terms): Promise<Offer> {
  administrator(ctx)
  checkTerms(ctx, planId, terms)
  return ctx.sql.transaction(async (tx) => {
    const before = await offerOf(tx, planId)
    await insertVersion(tx, { planId, terms, now: ctx.now() })
    const after = await offerOf(tx, planId)
    await audit(tx, ctx, {
      action: 'create_plan_version',
      target: planId,
      before: termsFor(before),
      after: termsFor(after),
    })
    return after
  })
}

/** Takes a plan off the shop's shelf or puts it back. Errors: admin_required, plan_not_found. */
export async function updatePlan(
  ctx: Context,
  planId: string,
  { name, visible, position }: { name?: string; visible?: boolean; position?: number },
): Promise<Offer> {
  administrator(ctx)
  return ctx.sql.transaction(async (tx) => {
    const before = await offerOf(tx, planId)
    await tx.query(
      `UPDATE plan SET name = coalesce($2, name), visible = coalesce($3, visible), position = coalesce($4, position)
       WHERE id = $1`,
      [planId, name?.trim(), visible, position],
    )
    const after = await offerOf(tx, planId)
    await audit(tx, ctx, {
      action: 'update_plan',
      target: planId,
      before: shelfOf(before),
      after: shelfOf(after),
    })
    return after
  })
}

const shelfOf = ({ name, visible, position }: Offer) => ({ name, visible, position })

/** Terms as the audit shows them. */
const termsFor = ({ priceNano, quotaNano, discountPpm, modelDiscountPpm, ...offer }: Offer) => ({
  price: formatCny(priceNano),
  quota: formatCny(quotaNano),
  months: offer.months,
  requestsPerMinute: offer.requestsPerMinute,
  contextTokensMax: offer.contextTokensMax,
  activeTokensMax: offer.activeTokensMax,
  discountPpm,
  modelDiscountPpm,
})

function checkTerms(ctx: OffersContext, planId: string, terms: Terms) {
  if (terms.price < 0n) throw invalidField('price', 'The price must not be below zero.', '价格不能小于零。')
  if (terms.quota < 0n) throw invalidField('quota', 'The quota must not be below zero.', '额度不能小于零。')
  if (planId === FREE && (terms.price > 0n || terms.quota > 0n))
    throw invalidField(
      'price',
      'Free is never bought: its price and its quota stay zero.',
      '免费套餐无需购买：价格与额度保持为零。',
    )
  const unknown = terms.modelDiscounts.find(({ modelId }) => !ctx.modelExists(modelId))
  if (unknown)
    throw invalidField(
      'modelDiscounts',
      `There is no model named "${unknown.modelId}".`,
      `没有名为“${unknown.modelId}”的模型。`,
    )
  const ratios = [terms.discountPpm, ...terms.modelDiscounts.map(({ discountPpm }) => discountPpm)]
  if (ratios.some((ratio) => ratio < 0 || BigInt(ratio) > PPM_ONE))
    throw invalidField(
      'discountPpm',
      `A discount is between 0 and ${PPM_ONE} parts per million.`,
      `折扣在 0 与百万分之 ${PPM_ONE} 之间。`,
    )
}

async function insertVersion(
  tx: Sql,
  { planId, terms, now }: { planId: string; terms: Terms; now: Date },
): Promise<void> {
  const byModel = Object.fromEntries(
    terms.modelDiscounts.map(({ modelId, discountPpm }) => [modelId, discountPpm]),
  )
  await tx.query(
    `INSERT INTO plan_version (id, plan_id, price_nano, quota_nano, months, requests_per_minute, context_tokens_max,
                               active_tokens_max, discount_ppm, model_discount_ppm, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      newId(),
      planId,
      terms.price,
      terms.quota,
      terms.months,
      terms.requestsPerMinute,
      terms.contextTokensMax,
      terms.activeTokensMax,
      terms.discountPpm,
      JSON.stringify(byModel),
      now,
    ],
  )
}
