import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type EmbeddedDatabase,
  startEmbeddedDatabase,
} from '../../server/platform/embedded/embedded-database.ts'

let database: EmbeddedDatabase
beforeAll(async () => {
  database = await startEmbeddedDatabase({ dataDir: undefined })
}, 60_000)
afterAll(() => database?.stop())

async function connect(): Promise<Client> {
  const client = new Client({ host: database.socketDir, user: 'postgres', database: 'postgres' })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

test('an SQL error costs nothing but the statement', async () => {
  const client = await connect()
  await expect(client.query('SELECT nonsense')).rejects.toThrow('nonsense')
  await expect(client.query('SELECT $1::int AS n', ['x'])).rejects.toThrow('invalid input syntax')
  expect((await client.query('SELECT $1::int AS n', [7])).rows).toEqual([{ n: 7 }])
  await client.end()
})

test('connections do not overwrite each other: a hundred statements at once answer each its own', async () => {
  const clients = await Promise.all([connect(), connect(), connect()])
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => clients[i % 3]!.query<{ n: number }>('SELECT $1::int AS n', [i])),
  )
  expect(answers.map(({ rows }) => rows[0]!.n)).toEqual(Array.from({ length: 100 }, (_, i) => i))
  await Promise.all(clients.map((client) => client.end()))
})

test('while one connection is in a transaction the others wait, and see nothing of it when it is gone', async () => {
  const [writer, reader] = [await connect(), await connect()]
  await writer.query('CREATE TABLE seen (n int)')
  await writer.query('BEGIN')
  await writer.query('INSERT INTO seen VALUES (1)')
  let answered = false
  const reading = reader.query<{ n: string }>('SELECT count(*) AS n FROM seen').then((result) => {
    answered = true
    return result.rows[0]!.n
  })
  await writer.query('INSERT INTO seen VALUES (2)')
  expect(answered).toBe(false)
  // The writer dies in the middle of its transaction.
  ;(writer as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
  expect(await reading).toBe('0')
  await reader.end()
})

test('the event loop stays free while the database works', async () => {
  const client = await connect()
  let ticks = 0
  const timer = setInterval(() => (ticks += 1), 5)
  await client.query('SELECT count(*) FROM generate_series(1, 3000000)')
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(5)
  await client.end()
})

test('a directory that is in use is refused, and free again afterwards', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pingtoken-lock-'))
  const first = await startEmbeddedDatabase({ dataDir: join(folder, 'db') })
  await expect(startEmbeddedDatabase({ dataDir: join(folder, 'db') })).rejects.toThrow('in use by another')
  await first.stop()
  const again = await startEmbeddedDatabase({ dataDir: join(folder, 'db') })
  await again.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)
