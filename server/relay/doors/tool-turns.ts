import { invalidField } from '../../platform/errors.ts'
import type { Json } from './json.ts'

/**
 * Calls of tools and what came of them. Chat completions wants every result directly behind the turn that asked for it,
 * and one for each call; ids may return in a later turn, because some providers count them from zero every time.
 */
export class ToolTurns {
  private readonly waiting = new Map<string, Json>()
  private readonly results = new Map<Json, Json[]>()

  /** Errors: invalid_request. */
  call(turn: Json, { id, name, args }: { id: string; name: string; args: string }, field: string) {
    if (this.waiting.get(id) === turn)
      throw invalidField(field, `${field} is the id of another call in the same turn: ids must differ.`)
    this.waiting.set(id, turn)
    const calls = (turn.tool_calls ??= []) as Json[]
    calls.push({ id, type: 'function', function: { name, arguments: args } })
  }

  /** Errors: invalid_request. */
  result(id: string, content: string, field: string) {
    const turn = this.waiting.get(id)
    if (!turn)
      throw invalidField(
        field,
        `${field} names no call that waits for a result: the call must come first, and has one result.`,
      )
    this.waiting.delete(id)
    const known = this.results.get(turn)
    const result = { role: 'tool', tool_call_id: id, content }
    if (known) known.push(result)
    else this.results.set(turn, [result])
  }

  /** The conversation with every result in its place. */
  arranged(messages: Json[]): Json[] {
    return messages.flatMap((message) => [...spoken(message), ...(this.results.get(message) ?? [])])
  }
}

/** Providers refuse a turn that says neither words nor calls. */
function spoken(message: Json): Json[] {
  if (message.role !== 'assistant' || message.content !== null || message.tool_calls) return [message]
  return message.reasoning_content ? [{ ...message, content: '' }] : []
}
