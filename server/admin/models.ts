import type { Catalog } from '../catalog/catalog.ts'
import type { TokenizerName } from '../catalog/model.entity.ts'
import { audit } from '../platform/audit.ts'
import { administrator, type Context } from '../platform/context.ts'
import { invalidField, notFound } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { formatCny, type MicroPerMillion, type Nano } from '../platform/money.ts'

export type ModelsContext = Context & { catalog: Catalog }

/** CNY per 1,000,000 LLM tokens in nano-CNY, as GraphQL's Money carries them; at most six decimals. */
export interface NewPrice {
  input: Nano
  /** Null: cached input costs what input costs. */
  cachedInput?: Nano | null
  output: Nano
  /** Absent: now. A moment to come announces it. */
  from?: Date | null
}

/** One of a model's prices, whenever it held, holds or will hold; nano-CNY per 1,000,000 LLM tokens. */
export interface PriceRecord {
  id: string
  input: bigint
  cachedInput: bigint | null
  output: bigint
  isExample: boolean
  from: Date
}

const HISTORY_MAX = 50

/** Latest first, those to come too. Errors: admin_required, model_not_found. */
export async function listModelPrices(ctx: Context, modelId: string): Promise<PriceRecord[]> {
  administrator(ctx)
  await findModel(ctx, modelId)
  return ctx.sql.query<PriceRecord>(
    `SELECT id, input * 1000 AS input, cached_input * 1000 AS "cachedInput", output * 1000 AS output,
            is_example AS "isExample", effective_from AS "from"
     FROM price_version WHERE model_id = $1 ORDER BY effective_from DESC, id DESC LIMIT $2`,
    [modelId, HISTORY_MAX],
  )
}

export interface ManagedModel {
  id: string
  displayName: string
  providerId: string
  description: string | null
  descriptionZh: string | null
  aliases: string[]
  contextLength: number | null
  maxOutputTokens: number | null
  capabilities: string[]
  tokenizer: TokenizerName
  position: number
  retiresAt: Date | null
  replacementId: string | null
  visible: boolean
  input: bigint | null
  cachedInput: bigint | null
  output: bigint | null
  isExample: boolean | null
  since: Date | null
  costInput: bigint | null
  costCachedInput: bigint | null
  costOutput: bigint | null
  /** Null: there is no price, or the cost is not known. */
  belowCost: boolean | null
  /** What is left of the price, 0.25 for 25 %, of the part where it is least; null: as above, or it is free. */
  margin: number | null
  /** The same for who has the plan that takes most off. */
  marginDiscounted: number | null
}

/** Of input, cached input and output that where least is left; `share` is what is paid of the price. */
const leftOf = (share: string) => `
  CASE WHEN m.cost_input IS NOT NULL AND m.cost_output IS NOT NULL THEN
    (SELECT min(1 - cost / (price * ${share}))
       FROM (VALUES (p.input::float8, m.cost_input::float8), (p.output, m.cost_output),
                    (coalesce(p.cached_input, p.input), coalesce(m.cost_cached_input, m.cost_input))) part (price, cost)
      WHERE price * ${share} > 0) END`

/** All models, hidden ones too, with the price that holds now. Errors: admin_required. */
export async function listManagedModels(ctx: Context): Promise<ManagedModel[]> {
  administrator(ctx)
  return ctx.sql.query<ManagedModel>(
    `SELECT m.id, m.display_name AS "displayName", m.provider_id AS "providerId", m.description,
            m.description_zh AS "descriptionZh", m.aliases, m.context_length AS "contextLength",
            m.max_output_tokens AS "maxOutputTokens", m.capabilities, m.tokenizer, m.position,
            m.retired_at AS "retiresAt", m.replacement_id AS "replacementId", m.visible, p.input * 1000 AS input,
            p.cached_input * 1000 AS "cachedInput", p.output * 1000 AS output, p.is_example AS "isExample",
            p.effective_from AS since, m.cost_input * 1000 AS "costInput",
            m.cost_cached_input * 1000 AS "costCachedInput", m.cost_output * 1000 AS "costOutput",
            p.input < m.cost_input OR p.output < m.cost_output
              OR coalesce(p.cached_input, p.input) < coalesce(m.cost_cached_input, m.cost_input) AS "belowCost",
            ${leftOf('1')} AS margin, ${leftOf('d.share')} AS "marginDiscounted"
     FROM model m LEFT JOIN LATERAL (SELECT * FROM price_version WHERE model_id = m.id AND effective_from <= $1
                                     ORDER BY effective_from DESC, id DESC LIMIT 1) p ON true
     CROSS JOIN LATERAL (SELECT min(coalesce((v.model_discount_ppm ->> m.id)::float8, v.discount_ppm)) / 1000000 AS share
                         FROM plan o JOIN LATERAL (SELECT * FROM plan_version WHERE plan_id = o.id
                                                   ORDER BY created_at DESC, id DESC LIMIT 1) v ON true
                         WHERE o.visible) d
     ORDER BY m.position, m.id`,
    [ctx.now()],
  )
}

/**
 * A new version from now on, or from the moment that is announced; requests that were admitted before keep theirs. Errors: admin_required, model_not_found,
 * invalid_request.
 */
export async function setModelPrice(
  ctx: ModelsContext,
  modelId: string,
  price: NewPrice,
): Promise<ManagedModel> {
  const { id: adminId } = administrator(ctx)
  const [input, cachedInput, output] = (['input', 'cachedInput', 'output'] as const).map((field) =>
    storedPrice(field, price[field] ?? null),
  )
  const from = price.from ?? ctx.now()
  if (from < ctx.now())
    throw invalidField(
      'from',
      'A price begins now or later: what was bought keeps its price.',
      '价格只能从现在或以后生效：已发生的用量保持原价。',
    )
  const before = await findModel(ctx, modelId)
  await ctx.sql.transaction(async (tx) => {
    await tx.query(
      `INSERT INTO price_version (id, model_id, input, cached_input, output, effective_from, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [newId(), modelId, input, cachedInput, output, from, adminId, ctx.now()],
    )
    const change = { before: toldPrices(before), after: toldPrices(price), detail: { from: price.from } }
    await audit(tx, ctx, { action: 'set_model_price', target: modelId, ...change })
  })
  await ctx.catalog.reload()
  return findModel(ctx, modelId)
}

/** A hidden model is not offered and answers 404. Errors: admin_required, model_not_found. */
export async function setModelVisible(
  ctx: ModelsContext,
  modelId: string,
  visible: boolean,
): Promise<ManagedModel> {
  await findModel(ctx, modelId)
  await ctx.sql.transaction(async (tx) => {
    await tx.query('UPDATE model SET visible = $2 WHERE id = $1', [modelId, visible])
    await audit(tx, ctx, { action: visible ? 'show_model' : 'hide_model', target: modelId, detail: {} })
  })
  await ctx.catalog.reload()
  return findModel(ctx, modelId)
}

type Prices = Record<'input' | 'cachedInput' | 'output', Nano | null>

/** As the audit shows them: CNY per 1,000,000 LLM tokens. */
function toldPrices({ input, cachedInput, output }: Partial<Prices>) {
  const told = (price: Nano | null | undefined) => (price == null ? null : formatCny(price))
  return { input: told(input), cachedInput: told(cachedInput), output: told(output) }
}

/** CNY per 1,000,000 LLM tokens as tables keep it. Errors: invalid_request. */
export function storedPrice(field: string, value: Nano | null): MicroPerMillion | null {
  if (value === null) return null
  if (value < 0n || value % 1_000n !== 0n)
    throw invalidField(
      field,
      'A price is at least zero and has at most six decimals.',
      '价格不小于零，最多六位小数。',
    )
  return value / 1_000n
}

/** Errors: admin_required, model_not_found. */
export async function findModel(ctx: Context, id: string): Promise<ManagedModel> {
  const model = (await listManagedModels(ctx)).find((one) => one.id === id)
  if (!model) throw notFound('model')
  return model
}
