import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Ledger } from '../ledger/ledger.ts'
import type { LedgerEntry } from '../ledger/statement.ts'
import type { Viewer } from '../platform/context.ts'
import { invalidField, signInRequired } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import { formatCny, parseCny } from '../platform/money.ts'
import type { SqlPool } from '../platform/sql.ts'
import type { UsageFilter } from '../usage/usage.filter.ts'
import { cursorOf, usageRows } from '../usage/usage.ts'
import { csvLine } from './csv.ts'
import { errorAnswer } from './errors.ts'
import { languageOf } from './language.ts'

export interface ExportServices {
  ledger: Ledger
  sql: SqlPool
  log: Log
  viewerOf(request: FastifyRequest): Promise<Viewer | undefined>
}

const PAGE = 1_000
const date = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .optional()
/** No database keeps the character NUL. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\0]*$/)
const entriesQuery = z.object({
  from: date,
  to: date,
  kind: text(20).optional(),
  pool: z.enum(['bonus', 'quota', 'wallet']).optional(),
})
const usageQuery = z.object({
  id: z.uuid().optional(),
  from: date,
  to: date,
  model: text(100).optional(),
  apiTokenId: z.uuid().optional(),
  status: text(20).optional(),
  protocol: text(20).optional(),
  pool: z.enum(['bonus', 'quota', 'wallet']).optional(),
  minCost: z
    .string()
    .regex(/^\d{1,10}(\.\d{1,9})?$/)
    .transform(parseCny)
    .optional(),
})

/** What the console's tables hold, as files: streamed row by row, however many there are. */
export function exportRoutes(fastify: FastifyInstance, services: ExportServices) {
  fastify.get('/export/entries.csv', (request, reply) =>
    answer(services, { request, reply, name: 'entries' }, (viewer) =>
      entryLines(services, viewer.id, parsed(entriesQuery, request.query)),
    ),
  )
  fastify.get('/export/usage.csv', (request, reply) =>
    answer(services, { request, reply, name: 'usage' }, (viewer) =>
      usageLines(services, viewer.id, parsed(usageQuery, request.query) as UsageFilter),
    ),
  )
}

interface Exchange {
  request: FastifyRequest
  reply: FastifyReply
  name: string
}

async function answer(
  { viewerOf, log }: ExportServices,
  { request, reply, name }: Exchange,
  lines: (viewer: Viewer) => AsyncGenerator<string>,
) {
  try {
    const viewer = await viewerOf(request)
    if (!viewer) throw signInRequired()
    const rows = lines(viewer)
    // Spreadsheets take a file without this mark for one in the language of the machine.
    const body = Readable.from(prefixed('\uFEFF', rows), { objectMode: false })
    return await reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="pingtoken-${name}.csv"`)
      .header('cache-control', 'no-store')
      .send(body)
  } catch (error) {
    const { status, headers, body } = errorAnswer(error, {
      requestId: newId(),
      language: languageOf(request),
      log,
    })
    return reply.code(status).headers(headers).send(body)
  }
}

async function* prefixed(first: string, rest: AsyncGenerator<string>) {
  yield first
  yield* rest
}

async function* entryLines(
  { ledger }: ExportServices,
  accountId: string,
  filter: z.infer<typeof entriesQuery>,
) {
  yield csvLine(['id', 'time', 'kind', 'pool', 'tokens', 'money_cny', 'balance_after', 'reference', 'note'])
  let cursor: string | undefined
  for (;;) {
    const page = await ledger.entries(accountId, { cursor, backwards: false, limit: PAGE }, filter as never)
    const rows = page.slice(0, PAGE)
    yield rows.map(entryLine).join('')
    if (page.length <= PAGE) return
    cursor = rows.at(-1)!.id.toString()
  }
}

function entryLine({
  id,
  kind,
  pool,
  amount,
  balanceAfter,
  reference,
  note,
  createdAt,
}: LedgerEntry): string {
  const isTokens = pool === 'bonus'
  return csvLine([
    id,
    createdAt.toISOString(),
    kind,
    pool,
    isTokens ? amount : null,
    isTokens ? null : formatCny(amount),
    isTokens ? balanceAfter : formatCny(balanceAfter),
    reference,
    note,
  ])
}

async function* usageLines({ sql }: ExportServices, userId: string, filter: UsageFilter) {
  yield csvLine([
    'request_id',
    'time',
    'api_token_id',
    'api_token_name',
    'model',
    'protocol',
    'streamed',
    'status',
    'error_code',
    'prompt_tokens',
    'cached_tokens',
    'completion_tokens',
    'reasoning_tokens',
    'usage_source',
    'cost_cny',
    'ttft_ms',
    'duration_ms',
  ])
  let cursor: string | undefined
  for (;;) {
    const page = await usageRows(sql, { userId, filter, query: { cursor, backwards: false, limit: PAGE } })
    const rows = page.slice(0, PAGE)
    yield rows
      .map((row) =>
        csvLine([
          row.id,
          row.createdAt.toISOString(),
          row.apiTokenId,
          row.apiTokenName,
          row.model,
          row.protocol,
          String(row.streamed),
          row.status,
          row.errorCode ?? null,
          row.promptTokens,
          row.cachedTokens ?? null,
          row.completionTokens,
          row.reasoningTokens ?? null,
          row.source,
          formatCny(row.cost),
          row.ttftMs ?? null,
          row.durationMs ?? null,
        ]),
      )
      .join('')
    if (page.length <= PAGE) return
    cursor = cursorOf(rows.at(-1)!)
  }
}

function parsed<T extends z.ZodType>(shape: T, query: unknown): z.output<T> {
  const { data, error } = shape.safeParse(query)
  if (error) throw invalidField(error.issues[0]!.path.join('.'), 'This filter cannot be read.')
  return data
}
