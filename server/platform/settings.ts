import { z } from 'zod'
import { type Bus, keepCurrent } from './bus.ts'
import type { Log } from './log.ts'
import type { Sql } from './sql.ts'

export type SettingGroup = 'site' | 'bonuses' | 'limits' | 'retention'

/** What a form must know beside the rule itself. */
interface Look {
  group: SettingGroup
  /** Several lines. */
  long?: true
}

const looks = z.registry<Look>()

const count = (min: number, max: number) => z.number().int().min(min).max(max)
const line = (max: number) => z.string().trim().max(max)
const DAYS_MAX = 3650
const BONUS_MAX = 1_000_000_000

/**
 * What an operator may change while the server runs: the one description that reading, writing, GraphQL's answers and
 * the console's form follow. The defaults are examples. A new setting is a line here and its two texts in the console.
 */
export const settingsShape = z.object({
  siteName: line(60).min(1).default('PingToken').register(looks, { group: 'site' }),
  /** How people reach the operator, and the number under which authorities know the site. */
  siteContact: line(200).default('').register(looks, { group: 'site' }),
  siteRecord: line(100).default('').register(looks, { group: 'site' }),
  agreementAddendum: line(20_000).default('').register(looks, { group: 'site', long: true }),
  /** LLM tokens every new account is given, and for how many days. */
  signUpBonusTokens: count(0, BONUS_MAX).default(100_000).register(looks, { group: 'bonuses' }),
  signUpBonusDays: count(1, DAYS_MAX).default(30).register(looks, { group: 'bonuses' }),
  /** LLM tokens for both sides once an invited account has paid for something. */
  inviterBonusTokens: count(0, BONUS_MAX).default(100_000).register(looks, { group: 'bonuses' }),
  inviteeBonusTokens: count(0, BONUS_MAX).default(100_000).register(looks, { group: 'bonuses' }),
  invitationBonusDays: count(1, DAYS_MAX).default(30).register(looks, { group: 'bonuses' }),
  /** Further accounts from the same address on the same day begin without the bonus. */
  signUpBonusesPerAddress: count(1, 100_000).default(5).register(looks, { group: 'limits' }),
  /** Rewards an inviter may get in a calendar month. */
  invitationsPerMonth: count(0, 100_000).default(20).register(looks, { group: 'limits' }),
  /** Days for which browsers and addresses of sessions that ended by themselves are kept. */
  sessionsKeptDays: count(0, DAYS_MAX).default(30).register(looks, { group: 'retention' }),
  auditKeptDays: count(180, DAYS_MAX).default(1095).register(looks, { group: 'retention' }),
})

export type SettingValues = z.infer<typeof settingsShape>
export type SettingKey = keyof SettingValues

export interface SettingRule {
  key: SettingKey
  group: SettingGroup
  kind: 'line' | 'text' | 'count'
  /** Of a count its value, of a text its length. */
  minimum: number
  maximum: number
  standard: string | number
}

/** Every setting with its rule, read off the shape. */
export function settingRules(): SettingRule[] {
  const { properties = {} } = z.toJSONSchema(settingsShape, { io: 'input' })
  return (Object.keys(settingsShape.shape) as SettingKey[]).map((key) => {
    const rule = properties[key] as z.core.JSONSchema.Schema
    const { group, long } = looks.get(settingsShape.shape[key])!
    const isCount = rule.type === 'integer'
    return {
      key,
      group,
      kind: isCount ? 'count' : long ? 'text' : 'line',
      minimum: (isCount ? rule.minimum : rule.minLength) ?? 0,
      maximum: (isCount ? rule.maximum : rule.maxLength)!,
      standard: rule.default as string | number,
    }
  })
}

export interface Settings {
  readonly values: SettingValues
  /** After a change: reads them anew, and tells the other processes to do the same. */
  reload(): Promise<void>
}

export async function createSettings(sql: Sql, told: { bus: Bus; log: Log }): Promise<Settings> {
  let values = settingsShape.parse({})

  async function read() {
    const rows = await sql.query<{ key: string; value: unknown }>('SELECT key, value FROM setting')
    values = settingsShape.parse(Object.fromEntries(rows.map(({ key, value }) => [key, value])))
  }

  const settings: Settings = {
    get values() {
      return values
    },
    async reload() {
      await read()
      told.bus.tell('settingsChanged', {})
    },
  }
  keepCurrent(told, 'settingsChanged', read)
  await read()
  return settings
}
