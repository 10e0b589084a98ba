import 'reflect-metadata'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepareAdministrator } from './administrator.ts'
import { type App, createApp } from './app.ts'
import { type Demo, prepareDemo } from './demo.ts'
import { type Config, ConfigError, readConfig } from './platform/config.ts'
import { createLog } from './platform/log.ts'
import { startWorkers, WorkerFailed } from './workers.ts'

// Built, this file is dist/server/main.js and its neighbour dist/client is the console.
const built = join(import.meta.dirname, '..', 'client')
const clientDir = existsSync(join(built, 'index.html')) ? built : undefined
// From source, the articles are where they are written.
const articlesDir = ['../documentation', '../web/docs']
  .map((path) => join(import.meta.dirname, path))
  .find((path) => existsSync(join(path, 'outline.json')))

/** Reads the configuration, starts, says where things are, and stops cleanly when asked to. */
async function main() {
  const config = readConfig(process.env)
  if (cluster.isWorker) return serveAsWorker(config)
  if (config.workers > 1) return supervise(config)
  const app = await createApp(config, { clientDir, articlesDir })
  const welcome = await prepare(app)
  const url = await listening(app)
  stopOnSignals({ close: () => app.close() })
  sayWelcome(url, welcome)
}

/** An address that cannot be had is told like any other setting that cannot be used. */
async function listening(app: App): Promise<string> {
  try {
    return await app.listen()
  } catch (cause) {
    throw new ConfigError([`HOST, PORT: ${(cause as Error).message}`], { cause })
  }
}

/** One of WORKERS: what is done once, the supervisor has done. Ctrl-C reaches all; the supervisor says when. */
async function serveAsWorker(config: Config) {
  process.on('SIGINT', () => undefined)
  const asked = once(process, 'SIGTERM')
  const app = await createApp(config, { clientDir, articlesDir })
  process.send!(await listening(app))
  await asked
  await app.close()
  process.exit()
}

/** Migrates, seeds and prepares once, then only watches over the workers. */
async function supervise(config: Config) {
  const app = await createApp(config)
  const welcome = await prepare(app)
  await app.close()
  const workers = await startWorkers(config.workers, createLog(config.logLevel))
  stopOnSignals({
    close: async () => (process.exitCode = await workers.stop()),
    atOnce: () => workers.kill(),
  })
  sayWelcome(workers.url, welcome)
}

interface Welcome {
  administratorToken: string | undefined
  demo: Demo | undefined
}

const prepare = async ({ services }: App): Promise<Welcome> => ({
  administratorToken: await prepareAdministrator(services),
  demo: services.catalog.usesSandbox ? await prepareDemo(services) : undefined,
})

function sayWelcome(url: string, { administratorToken, demo }: Welcome) {
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

function stopOnSignals({ close, atOnce }: { close: () => Promise<unknown>; atOnce?: () => void }) {
  let stopping = false
  const stop = () => {
    // A second Ctrl-C means: at once.
    if (stopping) {
      atOnce?.()
      process.exit(130)
    }
    stopping = true
    close().then(() => process.exit(), fail)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

function fail(error: unknown): never {
  if (error instanceof WorkerFailed) process.exit(error.exitCode)
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : String((error as Error).stack ?? error)}\n`,
  )
  process.exit(1)
}

main().catch(fail)
