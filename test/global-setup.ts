import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A dumped data directory with every migration: loading it takes a fifth of making it. */
    pgliteDump: string
  }
}

const MIGRATIONS = 'schema/migrations'
const CACHE = 'node_modules/.cache'

export default async function setup(project: TestProject) {
  const file = `${CACHE}/pglite-${fingerprint()}.tar`
  if (!existsSync(file)) await makeDump(file)
  project.provide('pgliteDump', file)
}

/** Changes with PGlite and with the migrations. */
function fingerprint(): string {
  const hash = createHash('sha256')
  hash.update(readFileSync(createRequire(import.meta.url).resolve('@electric-sql/pglite')))
  for (const name of readdirSync(MIGRATIONS).sort())
    hash.update(name).update(readFileSync(`${MIGRATIONS}/${name}`))
  return hash.digest('hex').slice(0, 16)
}

async function makeDump(file: string) {
  const { startEmbeddedDatabase } = await import('../server/platform/embedded/embedded-database.ts')
  const { openDatabase } = await import('../server/database.ts')
  const embedded = await startEmbeddedDatabase({ dataDir: undefined })
  const database = await openDatabase({ embedded })
  await database.close()
  mkdirSync(CACHE, { recursive: true })
  writeFileSync(file, await embedded.dump())
  await embedded.stop()
}
