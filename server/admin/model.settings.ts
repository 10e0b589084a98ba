import type { TokenizerName } from '../catalog/model.entity.ts'
import { audit } from '../platform/audit.ts'
import { administrator } from '../platform/context.ts'
import { DomainError, invalidField } from '../platform/errors.ts'
import { formatCny, type Nano } from '../platform/money.ts'
import type { Sql } from '../platform/sql.ts'
import { findModel, type ManagedModel, type ModelsContext, storedPrice } from './models.ts'

/** What an operator says of a model; what is undefined stays as it is, null means not known. */
export interface ModelSettings {
  displayName?: string
  providerId?: string
  description?: string | null
  descriptionZh?: string | null
  aliases?: string[]
  contextLength?: number | null
  maxOutputTokens?: number | null
  capabilities?: string[]
  tokenizer?: TokenizerName
  position?: number
  visible?: boolean
  retiresAt?: Date | null
  replacementId?: string | null
  costInput?: Nano | null
  costCachedInput?: Nano | null
  costOutput?: Nano | null
}

/** It is offered as soon as it has a price. Errors: admin_required, invalid_request, model_name_taken. */
export async function createModel(
  ctx: ModelsContext,
  id: string,
  input: ModelSettings,
): Promise<ManagedModel> {
  administrator(ctx)
  if (!ID.test(id)) throw invalidField('id', ...NAME_RULE)
  const settings = saidOf(input)
  const values = columnsOf(settings)
  await ctx.sql.transaction(async (tx) => {
    await lockNames(tx)
    if (await holderOf(tx, id)) throw modelNameTaken('id', id)
    await checkReferences(tx, id, settings)
    const [last] = await tx.query<{ position: number }>(
      'SELECT coalesce(max(position), -1) + 1 AS position FROM model',
    )
    const row: Columns = { id, position: last!.position, created_at: ctx.now(), ...values }
    const columns = Object.keys(row)
    await tx.query(
      `INSERT INTO model (${columns.join(', ')}) VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(row),
    )
    await audit(tx, ctx, { action: 'create_model', target: id, after: told(settings) })
  })
  await ctx.catalog.reload()
  return findModel(ctx, id)
}

/** Errors: admin_required, model_not_found, invalid_request, model_name_taken. */
export async function updateModel(
  ctx: ModelsContext,
  id: string,
  input: ModelSettings,
): Promise<ManagedModel> {
  const before = await findModel(ctx, id)
  const settings = saidOf(input)
  const values = columnsOf(settings)
  const columns = Object.keys(values)
  if (columns.length === 0) return before
  await ctx.sql.transaction(async (tx) => {
    await lockNames(tx)
    await checkReferences(tx, id, settings)
    await tx.query(
      `UPDATE model SET ${columns.map((column, i) => `${column} = $${i + 2}`).join(', ')} WHERE id = $1`,
      [id, ...Object.values(values)],
    )
    const said = Object.keys(settings) as (keyof ModelSettings)[]
    const was = Object.fromEntries(said.map((field) => [field, before[field]]))
    await audit(tx, ctx, { action: 'update_model', target: id, before: told(was), after: told(settings) })
  })
  await ctx.catalog.reload()
  return findModel(ctx, id)
}

type Columns = Record<string, unknown>

/** An id is part of addresses; other names may have a slash, as providers write them. */
const ID = /^[a-zA-Z0-9][\w.:-]{0,99}$/
const ALIAS = /^[a-zA-Z0-9][\w.:/-]{0,99}$/
const REQUIRED = new Set([
  'displayName',
  'providerId',
  'aliases',
  'capabilities',
  'tokenizer',
  'position',
  'visible',
])
const NAME_RULE = [
  'A model is named with letters, digits and . _ : - alone, 100 at most.',
  '模型名称只含字母、数字和 . _ : -，最多 100 个字符。',
] as const

/** The columns of what was said. Errors: invalid_request. */
function columnsOf(settings: ModelSettings): Columns {
  const { displayName, aliases } = settings
  if (displayName !== undefined && displayName.trim() === '')
    throw invalidField('displayName', 'Give the model a name.', '请填写模型名称。')
  if (aliases?.some((alias) => !ALIAS.test(alias))) throw invalidField('aliases', ...NAME_RULE)
  const cost = (field: 'costInput' | 'costCachedInput' | 'costOutput') =>
    settings[field] === undefined ? undefined : storedPrice(field, settings[field])
  const columns: Columns = {
    display_name: displayName?.trim(),
    provider_id: settings.providerId,
    description: settings.description,
    description_zh: settings.descriptionZh,
    aliases: aliases && [...new Set(aliases)],
    context_length: settings.contextLength,
    max_output_tokens: settings.maxOutputTokens,
    capabilities: settings.capabilities && [...new Set(settings.capabilities)],
    tokenizer: settings.tokenizer,
    position: settings.position,
    visible: settings.visible,
    retired_at: settings.retiresAt,
    replacement_id: settings.replacementId,
    cost_input: cost('costInput'),
    cost_cached_input: cost('costCachedInput'),
    cost_output: cost('costOutput'),
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}

/** Of what a model cannot be without, null says nothing. */
const saidOf = (settings: ModelSettings): ModelSettings =>
  Object.fromEntries(
    Object.entries(settings).filter(
      ([field, value]) => value !== undefined && !(value === null && REQUIRED.has(field)),
    ),
  )

/** As the audit shows it: costs in CNY per 1,000,000 LLM tokens. */
const told = (settings: ModelSettings): object =>
  Object.fromEntries(
    Object.entries(settings).map(([field, value]) => [
      field,
      typeof value === 'bigint' ? formatCny(value) : (value as unknown),
    ]),
  )

/** One writer at a time: of two who give away the same name the second is refused. */
const lockNames = (tx: Sql) => tx.query('LOCK TABLE model IN SHARE ROW EXCLUSIVE MODE')

/** The model that is called so, by its id or another of its names; hidden and retired ones too. */
async function holderOf(tx: Sql, name: string): Promise<string | undefined> {
  const [holder] = await tx.query<{ id: string }>(
    'SELECT id FROM model WHERE id = $1 OR $1 = ANY(aliases) LIMIT 1',
    [name],
  )
  return holder?.id
}

async function checkReferences(tx: Sql, id: string, settings: ModelSettings): Promise<void> {
  const { providerId, replacementId, aliases = [] } = settings
  if (aliases.includes(id)) throw modelNameTaken('aliases', id)
  for (const alias of aliases) {
    const holder = await holderOf(tx, alias)
    if (holder !== undefined && holder !== id) throw modelNameTaken('aliases', alias)
  }
  if (replacementId != null) {
    const [found] = await tx.query('SELECT 1 FROM model WHERE id = $1 AND id <> $2', [replacementId, id])
    if (!found)
      throw invalidField(
        'replacementId',
        `There is no other model named "${replacementId}".`,
        `没有另一个名为“${replacementId}”的模型。`,
      )
  }
  if (providerId !== undefined) {
    const [found] = await tx.query('SELECT 1 FROM provider WHERE id = $1', [providerId])
    if (!found)
      throw invalidField(
        'providerId',
        `There is no provider named "${providerId}".`,
        `没有名为“${providerId}”的服务商。`,
      )
  }
}

const modelNameTaken = (param: string, name: string) =>
  new DomainError('conflict', 'model_name_taken', `A model is called "${name}" already.`, { param, name })
