import { z } from 'zod'
import { type Bus, keepCurrent } from './bus.ts'
import type { Log } from './log.ts'
import type { Sql } from './sql.ts'

/** What an operator may change while the server runs. The defaults are examples, marked so in the console. */
export const settingsShape = z.object({
  siteName: z.string().min(1).max(60).default('PingToken'),
  /** LLM tokens every new account is given, and for how many days. */
  signUpBonusTokens: z.number().int().min(0).max(1_000_000_000).default(100_000),
  signUpBonusDays: z.number().int().min(1).max(3650).default(30),
  /** Further accounts from the same address on the same day begin without the bonus. */
  signUpBonusesPerAddress: z.number().int().min(1).max(100_000).default(5),
  /** LLM tokens for both sides once an invited account has paid for something. */
  inviterBonusTokens: z.number().int().min(0).max(1_000_000_000).default(100_000),
  inviteeBonusTokens: z.number().int().min(0).max(1_000_000_000).default(100_000),
  invitationBonusDays: z.number().int().min(1).max(3650).default(30),
  /** Rewards an inviter may get in a calendar month. */
  invitationsPerMonth: z.number().int().min(0).max(100_000).default(20),
})

export type SettingValues = z.infer<typeof settingsShape>

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
