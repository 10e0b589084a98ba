import { isObject, type Json } from './json.ts'
import { saidIn, type ToolCall, ToolCalls } from './delta.ts'

/** Clients give it back with the thinking; nothing of ours depends on it. */
export const SIGNATURE = 'cGluZ3Rva2Vu'

export const event = (type: string, fields: Json) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

/** One block while it grows; `text` of a call is its arguments. */
interface Block {
  kind: 'thinking' | 'text' | 'tool_use'
  text: string
  /** How much of the text the client has. */
  sent: number
  call?: ToolCall
}

/** Blocks of a stream. One is open at a time: what a model says while a call is incomplete waits behind it. */
export class Blocks {
  private index = -1
  private current: Block | undefined
  private readonly waiting: Block[] = []
  private readonly calls: ToolCalls
  private readonly blockOf = new Map<ToolCall, Block>()

  constructor(messageId: string) {
    this.calls = new ToolCalls(`toolu_${messageId}`)
  }

  add(delta: unknown): string {
    const { thinking, text, calls } = saidIn(delta)
    if (thinking) this.say('thinking', thinking)
    if (text) this.say('text', text)
    for (const [call, added] of this.calls.take(calls)) this.grow(call, added)
    return this.flow(false)
  }

  /** Says what waited, and closes what is open. */
  end(): string {
    return this.flow(true)
  }

  /** The tool whose arguments turned out to be no object of JSON, after they were passed on. */
  get broken(): string | undefined {
    for (const [{ name }, { text }] of this.blockOf) if (startsAsObject(text) && !isWhole(text)) return name
    return undefined
  }

  private say(kind: 'thinking' | 'text', text: string) {
    const last = this.waiting.at(-1) ?? this.current
    if (last?.kind === kind) last.text += text
    else this.waiting.push({ kind, text, sent: 0 })
  }

  private grow(call: ToolCall, added: string) {
    const known = this.blockOf.get(call)
    if (known) known.text += added
    else {
      const block: Block = { kind: 'tool_use', text: added, sent: 0, call }
      this.blockOf.set(call, block)
      this.waiting.push(block)
    }
  }

  private flow(ended: boolean): string {
    let text = ''
    for (;;) {
      if (!this.current) {
        const next = this.waiting[0]
        if (!next || (next.call?.name === '' && !ended)) return text
        this.current = this.waiting.shift()!
        text += this.start(this.current)
      }
      text += this.growth(this.current, ended)
      if (!ended && (this.waiting.length === 0 || isUnfinished(this.current))) return text
      text += this.stop(this.current)
      this.current = undefined
    }
  }

  private start({ kind, call }: Block): string {
    this.index += 1
    const empty = call
      ? { id: call.id, name: call.name, input: {} }
      : kind === 'text'
        ? { text: '' }
        : { thinking: '' }
    return event('content_block_start', { index: this.index, content_block: { type: kind, ...empty } })
  }

  private growth(block: Block, ended: boolean): string {
    const { kind, text, sent } = block
    const isHeld = kind === 'tool_use' && sent === 0 && !(ended ? isWhole(text) : startsAsObject(text))
    if (isHeld || sent === text.length) return ''
    block.sent = text.length
    const added = text.slice(sent)
    if (kind === 'tool_use') return this.delta({ type: 'input_json_delta', partial_json: added })
    return this.delta(
      kind === 'text' ? { type: 'text_delta', text: added } : { type: 'thinking_delta', thinking: added },
    )
  }

  private stop({ kind, text, sent }: Block): string {
    let last = ''
    if (kind === 'thinking') last = this.delta({ type: 'signature_delta', signature: SIGNATURE })
    if (kind === 'tool_use' && sent === 0)
      last = this.delta({ type: 'input_json_delta', partial_json: JSON.stringify(inputOf(text)) })
    return last + event('content_block_stop', { index: this.index })
  }

  private delta(delta: Json): string {
    return event('content_block_delta', { index: this.index, delta })
  }
}

/** A model may write arguments that are no JSON; the tool is told what it wrote. */
export function inputOf(text: string): unknown {
  if (text.trim() === '') return {}
  return parsed(text) ?? { arguments: text }
}

const isUnfinished = ({ kind, text }: Block) => kind === 'tool_use' && !isWhole(text)
const startsAsObject = (text: string) => /^\s*\{/.test(text)
const isWhole = (text: string) => text.trimEnd().endsWith('}') && parsed(text) !== undefined

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
