import { connect, createServer, type Socket } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../server/database.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { missingPostgres, startPostgres } from '../support/postgres.ts'
import { createBooks, outcome, request } from './books.ts'

const missing = missingPostgres()
const SOCKET = '.s.PGSQL.5432'

test.skipIf(missing)(
  `T7: a settlement whose commit succeeded but whose answer was lost is not charged again${missing ? ` (skipped: ${missing})` : ''}`,
  async () => {
    const server = await startPostgres({ fsync: false })
    const wire = await cuttingProxy(join(server.socketDir, SOCKET))
    const direct = await openDatabase({ socketDir: server.socketDir, name: 'postgres' })
    const database = await openDatabase({ socketDir: wire.directory, name: 'postgres' })
    onTestFinished(async () => {
      await database.close()
      await direct.close()
      wire.close()
      await server.stop()
    })
    const ledger = await createBooks(database).open()
    const account = await createBooks(direct).account({ wallet: 10_000n })
    const asked = Array.from({ length: 5 }, () => request(account))
    const charges = await Promise.all(asked.map((one) => ledger.admit(one)))
    await Promise.all(charges.map(({ durable }) => durable))

    wire.cutNextAnswerTo('settle_batch', 'COMMIT')
    await Promise.all(charges.map((charge) => charge.settle(outcome(60, 40))))
    expect(wire.cuts).toBeGreaterThan(0)

    expect(await createBooks(direct).wallet(account)).toBe(9_500n)
    const rows = await direct.sql.query('SELECT 1 FROM charge WHERE account_id = $1', [account])
    expect(rows).toHaveLength(5)
    expect(await direct.sql.query('SELECT 1 FROM settlement_conflict')).toEqual([])
    await expectBooksInOrder(direct.sql)
  },
  30_000,
)

/** Passes everything on, until it is told to lose the answer to a commit and the connection with it. */
async function cuttingProxy(target: string) {
  const directory = mkdtempSync(join(tmpdir(), 'wire-'))
  const sockets = new Set<Socket>()
  let armed: [string, string] | undefined
  const proxy = { cuts: 0 }
  const listener = createServer((client) => {
    const upstream = connect(target)
    let settling = false
    let losing = false
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}))
    client.on('data', (bytes) => {
      const text = bytes.toString('latin1')
      if (armed && text.includes(armed[0])) settling = true
      if (armed && settling && text.toUpperCase().includes(armed[1])) {
        losing = true
        armed = undefined
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (!losing) return void client.write(bytes)
      // PostgreSQL has committed: it says so to nobody.
      proxy.cuts += 1
      client.destroy()
      upstream.destroy()
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => listener.listen(join(directory, SOCKET), resolve))
  return {
    directory,
    get cuts() {
      return proxy.cuts
    },
    cutNextAnswerTo(statement: string, word: string) {
      armed = [statement, word]
    },
    close() {
      for (const socket of sockets) socket.destroy()
      listener.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
