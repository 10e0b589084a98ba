import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Ledger } from '../ledger/ledger.ts'
import type { LedgerEntry } from '../ledger/statement.ts'
import { formatCny, parseCny } from '../platform/money.ts'
import type { UsageFilter } from '../usage/usage.filter.ts'
import { cursorOf, usageRows } from '../usage/usage.ts'
import { answerCsv, type CsvServices, instant, parsed, text } from './csv.answer.ts'
import { csvLine } from './csv.ts'

export type ExportServices = CsvServices & { ledger: Ledger }

const PAGE = 1_000
const date = instant.optional()
const entriesQuery = z.object({
  from: date,
  to: date,
  kind: text(20).optional(),
  pool: z.enum(['bonus', 'quota', 'wallet']).optional(),
})
const usageQuery = z.object({
  /** What is no id is the id of nothing, as over GraphQL. */
  id: text(100).optional(),
  from: date,
  to: date,
  model: text(100).optional(),
  apiTokenId: z.uuid().optional(),
  status: text(20).optional(),
  protocol: text(20).optional(),
  pool: z.enum(['bonus', 'quota', 'wallet']).optional(),
  minCost: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/)
    .transform(parseCny)
    .optional(),
})

/** What the console's tables hold, as files: streamed row by row, however many there are. */
export function exportRoutes(fastify: FastifyInstance, services: ExportServices) {
  fastify.get('/export/entries.csv', (request, reply) =>
    answerCsv(services, { request, reply, name: 'entries' }, (viewer) =>
      entryLines(services, viewer.id, parsed(entriesQuery, request.query)),
    ),
  )
  fastify.get('/export/usage.csv', (request, reply) =>
    answerCsv(services, { request, reply, name: 'usage' }, (viewer) =>
      usageLines(services, viewer.id, parsed(usageQuery, request.query) as UsageFilter),
    ),
  )
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
