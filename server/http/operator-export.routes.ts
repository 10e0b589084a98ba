import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type AuditEntry, type AuditFilter, listAudit } from '../admin/audit.ts'
import {
  type RevenueBy,
  type RevenueQuestion,
  revenueQuestion,
  revenueRows,
  type RevenueSums,
  revenueTotals,
} from '../admin/revenue.ts'
import { administrator, type Context } from '../platform/context.ts'
import { formatCny } from '../platform/money.ts'
import { answerCsv, type CsvServices, instant, parsed, text } from './csv.answer.ts'
import { csvLine } from './csv.ts'

type Operator = Pick<Context, 'sql' | 'viewer'>

const PAGE = 1_000
const revenueQuery = z.object({ from: instant, to: instant, by: z.enum(['day', 'model', 'user']) })
const auditQuery = z.object({
  actor: text(254).optional(),
  action: text(60).optional(),
  target: text(254).optional(),
  from: instant.optional(),
  to: instant.optional(),
})

/** The operator's tables as files, for administrators. */
export function operatorExportRoutes(fastify: FastifyInstance, services: CsvServices) {
  fastify.get('/export/revenue.csv', (request, reply) =>
    answerCsv(services, { request, reply, name: 'revenue' }, (viewer) => {
      const ctx = { sql: services.sql, viewer: administrator({ viewer }) }
      const { by, ...period } = parsed(revenueQuery, request.query)
      return revenueLines(ctx, revenueQuestion(ctx, period), by)
    }),
  )
  fastify.get('/export/audit.csv', (request, reply) =>
    answerCsv(services, { request, reply, name: 'audit' }, (viewer) => {
      const ctx = { sql: services.sql, viewer: administrator({ viewer }) }
      return auditLines(ctx, parsed(auditQuery, request.query) as AuditFilter)
    }),
  )
}

/** Every row of the report, and below them their sum. */
async function* revenueLines(ctx: Operator, question: RevenueQuestion, by: RevenueBy) {
  yield csvLine([by, 'name', 'requests', 'charged_cny', 'paid_by_bonus_cny', 'provider_cost_cny'])
  const rows = await revenueRows(ctx, question, { by, limit: null })
  for (const row of rows) yield csvLine([row.key, row.name, ...amounts(row)])
  yield csvLine(['total', null, ...amounts(await revenueTotals(ctx, question))])
}

const amounts = ({ requests, charged, bonus, upstreamCost }: RevenueSums) => [
  requests,
  formatCny(charged),
  formatCny(bonus),
  upstreamCost === null ? null : formatCny(upstreamCost),
]

async function* auditLines(ctx: Operator, filter: AuditFilter) {
  yield csvLine(['id', 'time', 'administrator', 'action', 'target', 'account', 'reason', 'ip', 'detail'])
  let after: string | undefined
  for (;;) {
    const { edges, pageInfo } = await listAudit(ctx, { first: PAGE, after }, filter)
    yield edges.map(({ node }) => auditLine(node)).join('')
    if (!pageInfo.hasNextPage) return
    after = pageInfo.endCursor
  }
}

const auditLine = (entry: AuditEntry) =>
  csvLine([
    entry.id,
    entry.createdAt.toISOString(),
    entry.actor,
    entry.action,
    entry.target,
    entry.targetEmail,
    entry.reason,
    entry.ip,
    entry.detail,
  ])
