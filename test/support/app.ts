import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type App, createApp, type Overrides } from '../../server/app.ts'
import { insertUser } from '../../server/identity/accounts.ts'
import { readConfig } from '../../server/platform/config.ts'
import { createLog } from '../../server/platform/log.ts'
import { databases } from './databases.ts'
import { watchAnswers } from './openapi.ts'
import { freePort } from './server.ts'

export interface TestApp {
  app: App
  url: string
  /** A browser of its own: keeps its session cookie. */
  browser(): Browser
}

export interface Answer<T = Record<string, any>> {
  status: number
  data: T
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string; [key: string]: any } }[]
}

export interface Browser {
  /** The session cookie, as a Cookie header has it. */
  cookie: string
  /** Sent with every request. */
  headers: Record<string, string>
  graphql<T = Record<string, any>>(query: string, variables?: object): Promise<Answer<T>>
  signUp(email?: string): Promise<{ id: string; email: string }>
}

let people = 0

/** The whole server in this process, on a real socket, with a database of its own. */
export async function startApp(
  env: Record<string, string> = {},
  overrides: Pick<Overrides, 'log' | 'relayTiming' | 'database' | 'now' | 'clientDir' | 'articlesDir'> = {},
): Promise<TestApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pingtoken-app-'))
  const database = overrides.database ?? (await databases[0]!.open())
  const port = String(await freePort())
  const app = await createApp(readConfig({ PORT: port, DATA_DIR: dataDir, ...env }), {
    log: createLog('silent'),
    ...overrides,
    database,
  })
  await app.listen()
  const url = `http://127.0.0.1:${port}`
  watchAnswers(url)
  afterAll(async () => {
    await app.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { app, url, browser: () => createBrowser(app, url) }
}

function createBrowser(app: App, url: string): Browser {
  const browser: Browser = {
    cookie: '',
    headers: {},
    async graphql(query, variables) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: browser.cookie, ...browser.headers },
        body: JSON.stringify({ query, variables }),
      })
      const cookie = response.headers.get('set-cookie')
      if (cookie) browser.cookie = cookie.split(';')[0]!
      return { status: response.status, ...((await response.json()) as object) } as Answer<never>
    },
    async signUp(email = `person-${++people}-${process.pid}@example.com`) {
      const { sql, welcome, sessions } = app.services
      // As signing up does it, without the password's hash and the limit on sign-ups from one address.
      const id = await sql.transaction(async (tx) => {
        const userId = await insertUser(tx, { email, passwordHash: null, now: new Date() })
        await welcome(tx, userId)
        return userId
      })
      const name = app.services.config.publicUrl.startsWith('https:') ? '__Host-session' : 'session'
      browser.cookie = `${name}=${await sessions.open(id, { ip: '127.0.0.1', userAgent: 'test' })}`
      return { id, email }
    },
  }
  return browser
}
