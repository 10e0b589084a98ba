import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Viewer } from '../platform/context.ts'
import { invalidField, signInRequired } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { SqlPool } from '../platform/sql.ts'
import { errorAnswer } from './errors.ts'
import { languageOf } from '../platform/language.ts'

export interface CsvServices {
  sql: SqlPool
  log: Log
  viewerOf(request: FastifyRequest): Promise<Viewer | undefined>
}

interface Exchange {
  request: FastifyRequest
  reply: FastifyReply
  name: string
}

/** A table as a file, streamed; what is refused is refused before the first line. */
export async function answerCsv(
  { viewerOf, log }: CsvServices,
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

/** A moment in a query string. */
export const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

/** No database keeps the character NUL. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\0]*$/)

/** Errors: invalid_request. */
export function parsed<T extends z.ZodType>(shape: T, query: unknown): z.output<T> {
  const { data, error } = shape.safeParse(query)
  if (error) throw invalidField(error.issues[0]!.path.join('.'), 'This filter cannot be read.')
  return data
}
