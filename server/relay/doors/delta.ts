import type { Json } from './json.ts'

/** What a model says in one event of a stream, or in a whole message. */
export interface Said {
  thinking: string
  text: string
  calls: unknown
}

export interface ToolCall {
  id: string
  name: string
  args: string
}

/** A provider may write anything into a delta: what is no text is nothing. */
export function saidIn(delta: unknown): Said {
  const { reasoning_content, reasoning, content, refusal, tool_calls } = (delta ?? {}) as Json
  return {
    thinking: text(reasoning_content) || text(reasoning),
    text: text(content) + text(refusal),
    calls: tool_calls,
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * Which call a piece belongs to. Providers number the pieces, or name the call by its id, or do neither and go on with
 * the last one; some give every call the number 0, and some give two calls one id.
 */
export class ToolCalls {
  private readonly all: ToolCall[] = []
  private readonly byIndex = new Map<number, ToolCall>()
  private readonly ids = new Set<string>()
  private readonly givenIds = new Map<ToolCall, string>()

  /** `name`: of calls to which the provider gives no id. */
  constructor(private readonly name: string) {}

  /** The calls that these pieces are of, and what each adds to its arguments. */
  take(pieces: unknown): [call: ToolCall, added: string][] {
    if (!Array.isArray(pieces)) return []
    return (pieces as (Json | null)[]).map((piece) => {
      const { index, id, function: called } = piece ?? {}
      const { name, arguments: args } = (called ?? {}) as Json
      const call = this.callOf(typeof index === 'number' ? index : undefined, text(id))
      call.name ||= text(name)
      const added = typeof args === 'object' && args !== null ? JSON.stringify(args) : text(args)
      call.args += added
      return [call, added]
    })
  }

  private callOf(index: number | undefined, id: string): ToolCall {
    const known = index === undefined ? this.all.at(-1) : this.byIndex.get(index)
    if (known && (id === '' || id === this.givenIds.get(known))) return known
    const isTaken = id === '' || this.ids.has(id)
    const call = { id: isTaken ? `${id || this.name}_${this.all.length}` : id, name: '', args: '' }
    this.ids.add(call.id)
    this.all.push(call)
    this.givenIds.set(call, id)
    if (index !== undefined) this.byIndex.set(index, call)
    return call
  }
}
