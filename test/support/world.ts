import type { Database } from '../../server/database.ts'
import { insertUser } from '../../server/identity/accounts.ts'
import { createSessions, type IdentityContext } from '../../server/identity/sessions.ts'
import { createAttempts } from '../../server/platform/attempts.ts'
import { type Config, readConfig } from '../../server/platform/config.ts'
import type { Context } from '../../server/platform/context.ts'
import { lonely } from '../../server/platform/bus.ts'
import { createEvents } from '../../server/platform/events.ts'
import { newId } from '../../server/platform/ids.ts'
import { createLog } from '../../server/platform/log.ts'
import { silentMailer } from '../../server/platform/mail/mailer.ts'
import { type Settings, settingsShape } from '../../server/platform/settings.ts'
import { createTokenBook, type OwnerTerms } from '../../server/tokens/token.book.ts'
import type { TokensContext } from '../../server/tokens/tokens.ts'

export interface Person {
  id: string
  email: string
}

export interface World {
  config: Config
  /** The clock stands still until a test moves it. */
  clock: { now: Date }
  person(name?: string): Promise<Person>
  as(person: Person | undefined): Context
  asAdmin(person: Person): Context
  tokens(person: Person, terms?: Partial<Terms>): TokensContext
  identity(ip?: string): IdentityContext & { cookies: string[] }
}

interface Terms extends OwnerTerms {
  activeTokensMax: number
}

const free: Terms = {
  requestsPerMinute: 60,
  contextTokensMax: 5_000,
  activeTokensMax: 10,
  discountPpm: () => 1_000_000n,
  validUntil: null,
}

/** People, a frozen clock and contexts over a real database; nothing of our own code is faked. */
export function createWorld(database: Database): World {
  const config = readConfig({})
  const clock = { now: new Date('2026-11-24T08:00:00Z') }
  const now = () => clock.now
  const shared = { config, sql: database.sql, now, events: createEvents(), log: createLog('silent') }
  const settings: Settings = { values: settingsShape.parse({}), reload: async () => undefined }
  const sessions = createSessions({ sql: database.sql, now, bus: lonely })
  const terms = new Map<string, Terms>()
  const termsOf = async (userId: string) => terms.get(userId) ?? free
  const tokenBook = createTokenBook({ sql: database.sql, now, bus: lonely, termsOf })

  const context = (person: Person | undefined, isAdmin: boolean): Context => ({
    ...shared,
    em: database.em.fork(),
    viewer: person && { id: person.id, isAdmin, sessionId: newId() },
  })

  return {
    config,
    clock,
    async person(name = 'person') {
      const email = `${name}-${newId()}@example.com`
      const id = await insertUser(database.sql, { email, passwordHash: null, now: now() })
      return { id, email }
    },
    as: (person) => context(person, false),
    asAdmin: (person) => context(person, true),
    tokens(person, own) {
      terms.set(person.id, { ...free, ...own })
      tokenBook.forgetUser(person.id)
      return {
        ...context(person, false),
        tokenBook,
        activeTokensMax: async (userId) => (await termsOf(userId)).activeTokensMax,
        modelExists: (id) => ['qwen3-max', 'deepseek-v4-pro'].includes(id),
      }
    },
    identity(ip = '203.0.113.7') {
      const cookies: string[] = []
      return {
        ...context(undefined, false),
        cookies,
        sessions,
        client: { ip, userAgent: 'test' },
        sessionCookie: { set: (value) => cookies.push(value), clear: () => cookies.push('') },
        welcome: async () => undefined,
        rewardVerified: async () => undefined,
        farewell: async () => undefined,
        accessKeys: { count: async () => 0, revokeAll: async () => 0 },
        accountChanged: async () => undefined,
        attempts: createAttempts(),
        settings,
        mailer: silentMailer,
        emailCodeKey: Buffer.alloc(32),
      }
    },
  }
}
