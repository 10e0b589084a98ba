import type { Services } from './graphql/context.ts'
import { createSignInLink, insertUser } from './identity/accounts.ts'
import { checkPassword, hashPassword } from './identity/password.ts'
import { ConfigError } from './platform/config.ts'
import { DomainError } from './platform/errors.ts'

/** Made when nobody named an administrator; its address and password are set after the first sign-in. */
const UNNAMED = 'administrator@pingtoken.local'

/**
 * Sees to it that there is an administrator: the one of ADMIN_EMAIL and ADMIN_PASSWORD, or an account
 * without a password whose one-time sign-in link is answered, until somebody has chosen a password.
 */
export async function prepareAdministrator(services: Services): Promise<string | undefined> {
  const { config, sql, now } = services
  const admins = await sql.query<{ id: string; password_hash: string | null }>(
    'SELECT id, password_hash FROM app_user WHERE is_admin ORDER BY created_at',
  )
  if (config.admin) {
    if (admins.length === 0) await createAdministrator(services, config.admin)
    return undefined
  }
  if (admins.some((admin) => admin.password_hash)) return undefined
  const userId = admins[0]?.id ?? (await createAdministrator(services, { email: UNNAMED }))
  return createSignInLink(sql, userId, now())
}

async function createAdministrator(
  { sql, now, welcome }: Services,
  { email, password }: { email: string; password?: string },
): Promise<string> {
  const passwordHash = password === undefined ? null : await hashAdminPassword(password, email)
  return sql.transaction(async (tx) => {
    const userId = await insertUser(tx, { email, passwordHash, isAdmin: true, now: now() })
    await welcome(tx, userId)
    return userId
  })
}

async function hashAdminPassword(password: string, email: string) {
  try {
    checkPassword(password, email)
  } catch (error) {
    if (error instanceof DomainError) throw new ConfigError([`ADMIN_PASSWORD: ${error.message}`])
    throw error
  }
  return hashPassword(password)
}
