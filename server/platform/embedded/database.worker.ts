import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { serveWire } from './wire.ts'

/**
 * The embedded PostgreSQL, in a thread of its own: PGlite answers in microtasks, so on the main thread
 * it would starve every stream while the ledger writes.
 */
const { dataDir, socketDir, dump } = workerData as {
  dataDir: string | undefined
  socketDir: string
  dump: Uint8Array<ArrayBuffer> | undefined
}

const db = await PGlite.create({ dataDir, loadDataDir: dump && new Blob([dump]) })
const server = await serveWire(db, join(socketDir, '.s.PGSQL.5432'))

parentPort!.on('message', async (message: 'stop' | 'dump') => {
  if (message === 'dump') {
    const blob = await db.dumpDataDir('none')
    parentPort!.postMessage(new Uint8Array(await blob.arrayBuffer()))
    return
  }
  await server.stop()
  await db.close()
  parentPort!.close()
})
parentPort!.postMessage('ready')
