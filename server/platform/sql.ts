import { types, type Pool, type PoolClient } from 'pg'

type Row = Record<string, unknown>

/** Set-based SQL beside the ORM: the ledger's statements are its design, not something to generate. */
export interface Sql {
  query<R = Row>(text: string, values?: readonly unknown[], options?: QueryOptions): Promise<R[]>
}

export interface QueryOptions {
  /** Parsed and planned once a connection: for the few statements of every request, whose text never changes. */
  prepared?: true
}

export interface SqlPool extends Sql {
  /** Commits when `work` returns, rolls back when it throws; deadlocks and serialisation faults are retried. */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>
}

const INT8 = 20
const INT8_ARRAY = 1016
const ATTEMPTS_MAX = 4

// Money is int8: it must arrive as a bigint whatever the driver's default.
const parsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return BigInt
    if (oid === INT8_ARRAY)
      return (text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(BigInt))
    return types.getTypeParser(oid, format as 'text')
  },
}

export function createSql(pool: Pool): SqlPool {
  surviveLostConnections(pool)
  return {
    // Not `pool.query`: it throws the connection away after any error, and the embedded database, which has
    // one, would refuse the next while the last is still closing.
    query: (...query) => withClient(pool, (client) => run(client, ...query)),
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(pool, work)
        } catch (error) {
          if (attempt >= ATTEMPTS_MAX || !isRetryable(error)) throw error
        }
      }
    },
  }
}

function once<T>(pool: Pool, work: (tx: Sql) => Promise<T>): Promise<T> {
  return withClient(pool, async (client, discard) => {
    try {
      await client.query('BEGIN')
      const result = await work({ query: (...query) => run(client, ...query) })
      await client.query('COMMIT')
      return result
    } catch (error) {
      await client.query('ROLLBACK').catch(discard)
      throw error
    }
  })
}

type Work<T> = (client: PoolClient, discard: (cause: Error) => void) => Promise<T>

/** Gives `work` a connection of its own; one that `work` discards is not used again, nor is one that broke. */
async function withClient<T>(pool: Pool, work: Work<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  const discard = (cause: Error) => void (broken = cause)
  try {
    return await work(client, discard)
  } finally {
    client.release(broken)
  }
}

/**
 * A connection lost between two queries, or in the moment it is handed out, says so as an event, which ends the
 * process if nobody hears it. Whoever uses the connection next is told by its query.
 */
function surviveLostConnections(pool: Pool): void {
  const heard = new WeakSet<PoolClient>()
  pool.on('error', () => {})
  pool.on('acquire', (client) => {
    if (heard.has(client)) return
    heard.add(client)
    client.on('error', () => {})
  })
}

const names = new Map<string, string>()

function nameOf(text: string): string {
  const name = names.get(text) ?? `statement ${names.size + 1}`
  names.set(text, name)
  return name
}

async function run<R>(
  client: PoolClient,
  ...[text, values = [], options]: Parameters<Sql['query']>
): Promise<R[]> {
  const name = options?.prepared ? nameOf(text) : undefined
  const result = await client.query({ name, text, values: values as unknown[], types: parsers as never })
  return result.rows as R[]
}

/** 40001 serialization_failure, 40P01 deadlock_detected (PostgreSQL, appendix A). */
const isRetryable = (error: unknown) => ['40001', '40P01'].includes((error as { code?: string }).code ?? '')

export const isUniqueViolation = (error: unknown) => (error as { code?: string }).code === '23505'

/** Whether the database could not be asked at all, as opposed to having said no. */
export function isDatabaseAway(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return (
    /^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|08\d{3}|57P0\d|53300)$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      message,
    )
  )
}
