import { readFileSync } from 'node:fs'
import { afterAll, inject } from 'vitest'
import { type Database, openDatabase } from '../../server/database.ts'
import { newId } from '../../server/platform/ids.ts'
import { startEmbeddedDatabase } from '../../server/platform/embedded/embedded-database.ts'
import { createPostgresDatabase } from './postgres.ts'

export interface DatabaseKind {
  name: string
  /** Why this kind cannot be tested here; the tests that need it are skipped and say so. */
  missing?: string
  /** A migrated database of the caller's own, closed when the test file ends. */
  open(): Promise<Database>
}

const embedded: DatabaseKind = {
  name: 'the embedded database',
  async open() {
    const server = await startEmbeddedDatabase({
      dataDir: undefined,
      dump: new Uint8Array(readFileSync(inject('pgliteDump'))),
    })
    const database = await openDatabase({ embedded: server })
    afterAll(async () => {
      await database.close()
      await server.stop()
    })
    return database
  },
}

function postgres(): DatabaseKind {
  const given = inject('postgres')
  if ('missing' in given) {
    const refuse = () => Promise.reject(new Error(given.missing))
    return { name: 'PostgreSQL', missing: given.missing, open: refuse }
  }
  return {
    name: 'PostgreSQL',
    async open() {
      const name = `test_${newId().replaceAll('-', '')}`
      await createPostgresDatabase(given.socketDir, name)
      const database = await openDatabase({ socketDir: given.socketDir, name })
      afterAll(() => database.close())
      return database
    },
  }
}

/** Both kinds, for `describe.each`: what holds on one must hold on the other. */
export const databases: DatabaseKind[] = [embedded, postgres()]
