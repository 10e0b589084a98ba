import { saidIn, type ToolCall, ToolCalls } from './delta.ts'
import type { Json } from './json.ts'
import { encodeReasoning } from './responses.input.ts'
import type { ResponsesTools } from './responses.request.ts'

/** One item of the output while it grows. */
interface Item {
  kind: 'reasoning' | 'message' | 'call'
  id: string
  text: string
  callId: string
  name: string
  done: boolean
}

const PREFIXES = { reasoning: 'rs', message: 'msg', call: 'fc' }

/** The output of a response, item by item, and the events that tell of it. */
export class ResponsesOutput {
  private readonly items: Item[] = []
  private readonly calls: ToolCalls
  private readonly itemOf = new Map<ToolCall, Item>()
  private readonly nameless = new Set<ToolCall>()
  private sequence = 0

  constructor(
    private readonly responseId: string,
    private readonly tools: ResponsesTools,
  ) {
    this.calls = new ToolCalls(`call_${responseId}`)
  }

  get begun(): boolean {
    return this.sequence > 0
  }

  event(type: string, fields: Json): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.sequence++, ...fields })}\n\n`
  }

  shown(): Json[] {
    return this.items.map((item) => this.show(item))
  }

  add(delta: unknown): string {
    const said = saidIn(delta)
    let text = said.thinking ? this.say('reasoning', said.thinking) : ''
    if (said.text) text += this.say('message', said.text)
    for (const [call, added] of this.calls.take(said.calls)) text += this.call(call, added)
    return text
  }

  end(): string {
    const nameless = [...this.nameless].map((call) => this.begin(call)).join('')
    return nameless + this.items.map((item) => this.close(item)).join('')
  }

  /** A call is told of when it has a name. */
  private call(call: ToolCall, added: string): string {
    const item = this.itemOf.get(call)
    if (item) return added ? this.grow(item, added) : ''
    if (call.name) return this.begin(call)
    this.nameless.add(call)
    return ''
  }

  private begin(call: ToolCall): string {
    this.nameless.delete(call)
    const item = this.make('call', { callId: call.id, name: call.name })
    this.itemOf.set(call, item)
    return this.open(item) + (call.args ? this.grow(item, call.args) : '')
  }

  private say(kind: 'reasoning' | 'message', delta: string): string {
    const last = this.items.at(-1)
    if (last?.kind === kind && !last.done) return this.grow(last, delta)
    const item = this.make(kind)
    return this.open(item) + this.grow(item, delta)
  }

  private make(kind: Item['kind'], more: Partial<Item> = {}): Item {
    const id = `${PREFIXES[kind]}_${this.responseId.slice('resp_'.length)}_${this.items.length}`
    return { kind, id, text: '', callId: '', name: '', done: false, ...more }
  }

  private open(item: Item): string {
    // A thought or a text ends where something else begins; calls may grow side by side.
    let text = this.items.map((other) => (other.kind === 'call' ? '' : this.close(other))).join('')
    this.items.push(item)
    const at = { item_id: item.id, output_index: this.items.length - 1 }
    text += this.event('response.output_item.added', { output_index: at.output_index, item: this.show(item) })
    if (item.kind === 'message')
      text += this.event('response.content_part.added', { ...at, content_index: 0, part: part('') })
    if (item.kind === 'reasoning')
      text += this.event('response.reasoning_summary_part.added', {
        ...at,
        summary_index: 0,
        part: summary(''),
      })
    return text
  }

  private grow(item: Item, delta: string): string {
    item.text += delta
    const at = { item_id: item.id, output_index: this.items.indexOf(item) }
    if (item.kind === 'reasoning')
      return this.event('response.reasoning_summary_text.delta', { ...at, summary_index: 0, delta })
    if (item.kind === 'message')
      return this.event('response.output_text.delta', { ...at, content_index: 0, delta, logprobs: [] })
    // Plain text inside JSON cannot be told apart before its end.
    return this.tools.custom.has(item.name)
      ? ''
      : this.event('response.function_call_arguments.delta', { ...at, delta })
  }

  private close(item: Item): string {
    if (item.done) return ''
    item.done = true
    const at = { item_id: item.id, output_index: this.items.indexOf(item) }
    return (
      this.completed(item, at) +
      this.event('response.output_item.done', { output_index: at.output_index, item: this.show(item) })
    )
  }

  private completed({ kind, text, name }: Item, at: Json): string {
    if (kind === 'message') {
      const where = { ...at, content_index: 0 }
      const done = this.event('response.output_text.done', { ...where, text, logprobs: [] })
      return done + this.event('response.content_part.done', { ...where, part: part(text) })
    }
    if (kind === 'reasoning') {
      const where = { ...at, summary_index: 0 }
      const done = this.event('response.reasoning_summary_text.done', { ...where, text })
      return done + this.event('response.reasoning_summary_part.done', { ...where, part: summary(text) })
    }
    return this.tools.custom.has(name)
      ? this.event('response.custom_tool_call_input.done', { ...at, input: plainInput(text) })
      : this.event('response.function_call_arguments.done', { ...at, name, arguments: text })
  }

  private show(item: Item): Json {
    const { id, kind, text, done, name } = item
    const status = done ? 'completed' : 'in_progress'
    if (kind === 'reasoning') {
      const encoded = done ? encodeReasoning(text) : null
      return {
        id,
        type: 'reasoning',
        summary: text ? [summary(text)] : [],
        encrypted_content: encoded,
        status,
      }
    }
    if (kind === 'message')
      return { id, type: 'message', role: 'assistant', status, content: done || text ? [part(text)] : [] }
    const namespace = this.tools.namespaces.get(name)
    const base = { id, call_id: item.callId, name, status, ...(namespace && { namespace }) }
    return this.tools.custom.has(name)
      ? { ...base, type: 'custom_tool_call', input: plainInput(text) }
      : { ...base, type: 'function_call', arguments: text }
  }
}

const part = (text: string): Json => ({ type: 'output_text', text, annotations: [], logprobs: [] })
const summary = (text: string): Json => ({ type: 'summary_text', text })

/** What a model wrote as `{"input": "…"}`; whatever else it wrote is passed on as it is. */
function plainInput(text: string): string {
  try {
    const { input } = JSON.parse(text) as { input?: unknown }
    return typeof input === 'string' ? input : text
  } catch {
    return text
  }
}
