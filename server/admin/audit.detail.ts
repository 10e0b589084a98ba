export interface AuditChange {
  field: string
  before: string | null
  after: string | null
}

export interface AuditFact {
  name: string
  value: string
}

/**
 * An entry's detail for people: what changed from what to what, and what else was said. What has parts, such as a
 * channel's models, is told part by part (`models.qwen3-max`); a part that never had a value is not.
 */
export function readDetail(detail: string): { changes: AuditChange[]; facts: AuditFact[] } {
  const { before, after, ...rest } = JSON.parse(detail) as Record<string, unknown>
  const was = partsOf(before)
  const is = partsOf(after)
  const changes = [...new Set([...was.keys(), ...is.keys()])]
    .map((field) => ({ field, before: was.get(field) ?? null, after: is.get(field) ?? null }))
    .filter((change) => change.before !== change.after)
  return { changes, facts: [...partsOf(rest)].map(([name, value]) => ({ name, value })) }
}

/** By the path to it, as text. */
function partsOf(value: unknown, path = ''): Map<string, string> {
  if (value == null) return new Map()
  if (!isParted(value)) return new Map([[path, textOf(value)]])
  return new Map(
    Object.entries(value).flatMap(([name, part]) => [...partsOf(part, path ? `${path}.${name}` : name)]),
  )
}

const isParted = (value: unknown): value is object => typeof value === 'object' && !Array.isArray(value)

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.map(textOf).join(', ') : JSON.stringify(value)
}
