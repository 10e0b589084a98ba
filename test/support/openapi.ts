import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

interface Operation {
  responses: Record<string, { content?: Record<string, unknown> }>
}
type Document = { paths: Record<string, Record<string, Operation>> }

/** schema/openapi.yaml, read when it is first asked. */
let known: { document: Document; ajv: Ajv2020 } | undefined

function open() {
  if (known) return known
  const document = parse(readFileSync('schema/openapi.yaml', 'utf8')) as Document
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
  ajv.addSchema(document, 'api')
  return (known = { document, ajv })
}

export const openApiDocument = (): Document => open().document

/** `POST /models/{id}` of every operation that is described. */
export const describedOperations = (): string[] =>
  Object.entries(openApiDocument().paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )

interface Answered {
  method: string
  /** Below /api/v1, without its query. */
  path: string
  status: number
  type: string
}

/** Why an answer is not one that the document describes; undefined where it is. `json` is asked for only if it matters. */
export async function faultOf(
  { method, path, status, type }: Answered,
  json: () => Promise<unknown>,
): Promise<string | undefined> {
  const { paths } = openApiDocument()
  const name = path in paths ? path : Object.keys(paths).find((one) => patternOf(one).test(path))
  const operation = name === undefined ? undefined : paths[name]![method.toLowerCase()]
  const isDescribed = operation && String(status) in operation.responses
  if (status < 400 && !isDescribed) return operation && `${status} is not among its answers`
  const media = type.split(';')[0]!
  if (status >= 400) return faultIn(pointer('components', 'schemas', 'Error'), await json())
  if (!(media in (operation!.responses[status]!.content ?? {}))) return `${media} is not among its types`
  if (media !== 'application/json') return undefined
  const steps = [
    'paths',
    name!,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    media,
    'schema',
  ]
  return faultIn(pointer(...steps), await json())
}

const patternOf = (path: string) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)

/** Where a schema stands in the document. */
const pointer = (...steps: string[]) =>
  `api#/${steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`

function faultIn(schema: string, value: unknown): string | undefined {
  const validate = open().ajv.getSchema(schema)
  if (!validate) return `there is no ${schema}`
  return validate(value) ? undefined : JSON.stringify(validate.errors)
}

const origins = new Set<string>()

/** From now on an answer of this server's REST routes that is not as the document says fails the test that asked. */
export function watchAnswers(origin: string) {
  if (origins.size === 0) watchFetch()
  origins.add(origin)
}

function watchFetch() {
  const { fetch } = globalThis
  globalThis.fetch = async (input, init) => {
    const response = await fetch(input, init)
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET')
    const { origin, pathname } = new URL(response.url || String(input))
    const path = /^(?:\/api)?\/v1(\/.*)$/.exec(pathname)?.[1]
    if (!path || !origins.has(origin) || !['GET', 'POST'].includes(method)) return response
    const type = response.headers.get('content-type') ?? ''
    const copy = type.startsWith('application/json') ? response.clone() : undefined
    const answered = { method, path, status: response.status, type }
    const fault = await faultOf(answered, () => (copy ? copy.json() : Promise.resolve(undefined)))
    if (fault) throw new Error(`schema/openapi.yaml: ${method} ${path} answered ${response.status}: ${fault}`)
    return response
  }
}
