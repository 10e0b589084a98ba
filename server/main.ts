import 'reflect-metadata'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepareAdministrator } from './administrator.ts'
import { createApp } from './app.ts'
import { prepareDemo } from './demo.ts'
import { ConfigError, readConfig } from './platform/config.ts'

// Built, this file is dist/server/main.js and its neighbour dist/client is the console.
const built = join(import.meta.dirname, '..', 'client')

/** Reads the configuration, starts, says where things are, and stops cleanly when asked to. */
async function main() {
  const config = readConfig(process.env)
  const app = await createApp(config, {
    clientDir: existsSync(join(built, 'index.html')) ? built : undefined,
  })
  const administratorToken = await prepareAdministrator(app.services)
  const demo = app.services.catalog.usesSandbox ? await prepareDemo(app.services) : undefined
  const url = await app.listen()
  stopOnSignals(() => app.close())

  const say = (...lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`)
  say('', `Console: ${url}`)
  if (demo) {
    say(
      `API token: ${demo.secret}`,
      `Sign in as the demo user (once): ${url}/sign-in-link#token=${demo.signInToken}`,
    )
  }
  if (administratorToken)
    say(`Set up the first administrator (once): ${url}/sign-in-link#token=${administratorToken}`)
  else say(`Sign in: ${url}/login`)
  if (demo) say('', 'The first request:', '', firstRequest(url, demo.secret), '')
}

const firstRequest = (url: string, secret: string) => `curl ${url}/api/v1/chat/completions \\
  -H "Authorization: Bearer ${secret}" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "deepseek-v4-pro", "messages": [{"role": "user", "content": "Hello"}]}'`

function stopOnSignals(close: () => Promise<void>) {
  let stopping = false
  const stop = () => {
    // A second Ctrl-C means: at once.
    if (stopping) process.exit(130)
    stopping = true
    close().then(
      () => process.exit(0),
      (error) => fail(error),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

function fail(error: unknown): never {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : String((error as Error).stack ?? error)}\n`,
  )
  process.exit(1)
}

main().catch(fail)
