import { audit } from '../platform/audit.ts'
import { administrator, type Context } from '../platform/context.ts'
import { DomainError, invalidField } from '../platform/errors.ts'
import {
  type SettingKey,
  type SettingRule,
  settingRules,
  type Settings,
  settingsShape,
} from '../platform/settings.ts'
import type { Sql } from '../platform/sql.ts'

export type SettingsContext = Context & { settings: Settings }

/** A setting with what holds now, as text whatever its kind. */
export interface ManagedSetting extends Omit<SettingRule, 'standard'> {
  id: SettingKey
  value: string
  standard: string
  /** Null while nobody has decided: the standard holds. */
  changedAt: Date | null
  changedBy: string | null
}

export interface SettingChange {
  key: string
  value: string
  /** What the one who changes it saw; another value now means that somebody else was faster. */
  seen: string
}

interface Row {
  key: string
  value: string | number
  changedAt: Date
  changedBy: string | null
}

/** In the order of the form. Errors: admin_required. */
export function listSettings(ctx: Context): Promise<ManagedSetting[]> {
  administrator(ctx)
  return readSettings(ctx.sql)
}

async function readSettings(sql: Sql): Promise<ManagedSetting[]> {
  const rows = await sql.query<Row>(
    `SELECT s.key, s.value, s.updated_at AS "changedAt", u.email AS "changedBy"
     FROM setting s LEFT JOIN app_user u ON u.id = s.updated_by`,
  )
  const known = new Map(rows.map((row) => [row.key, row]))
  return settingRules().map(({ standard, ...rule }) => {
    const { value = standard, changedAt = null, changedBy = null } = known.get(rule.key) ?? {}
    return { ...rule, id: rule.key, standard: String(standard), value: String(value), changedAt, changedBy }
  })
}

/**
 * In force in every process as soon as it hears of it. A value that equals the standard is a decision too.
 * Errors: admin_required, setting_changed_meanwhile, invalid_request (param: the setting).
 */
export async function updateSettings(
  ctx: SettingsContext,
  changes: SettingChange[],
): Promise<ManagedSetting[]> {
  const { id: adminId } = administrator(ctx)
  const checked = changes.map((change) => ({ ...change, parsed: parseChange(change) }))
  await ctx.sql.transaction(async (tx) => {
    await tx.query('LOCK TABLE setting IN SHARE ROW EXCLUSIVE MODE')
    const before = new Map((await readSettings(tx)).map((one) => [one.key as string, one]))
    for (const { key, seen, parsed } of checked) {
      const current = before.get(key)!
      if (current.value !== seen) throw changedMeanwhile(key)
      await tx.query(
        `INSERT INTO setting (key, value, updated_at, updated_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key) DO UPDATE SET value = $2, updated_at = $3, updated_by = $4`,
        [key, JSON.stringify(parsed), ctx.now(), adminId],
      )
      await audit(tx, ctx, {
        action: 'update_setting',
        target: key,
        before: { [key]: current.value },
        after: { [key]: String(parsed) },
      })
    }
  })
  await ctx.settings.reload()
  return listSettings(ctx)
}

function parseChange({ key, value }: SettingChange): string | number {
  const rule = settingRules().find((one) => one.key === key)
  if (!rule) throw invalidField('key', `There is no setting "${key}".`, `没有设置项“${key}”。`)
  const { minimum, maximum, kind } = rule
  const typed = kind === 'count' && /^-?\d+$/.test(value.trim()) ? Number(value) : value
  const { success, data } = settingsShape.shape[rule.key].safeParse(typed)
  if (!success)
    throw invalidField(
      key,
      kind === 'count'
        ? `A whole number between ${minimum} and ${maximum}.`
        : `Between ${minimum} and ${maximum} characters.`,
      kind === 'count' ? `须为 ${minimum} 到 ${maximum} 的整数。` : `须为 ${minimum} 到 ${maximum} 个字符。`,
    )
  return data
}

const changedMeanwhile = (param: string) =>
  new DomainError(
    'conflict',
    'setting_changed_meanwhile',
    'Somebody else changed this setting meanwhile. Look at it again.',
    { param },
  )
