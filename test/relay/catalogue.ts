import { expect } from 'vitest'
import {
  breakAfter,
  chunk,
  DONE,
  hang,
  refuse,
  type Script,
  stream,
  usage,
  usageChunk,
} from '../support/upstream.ts'

/** The faults of RELAY.md §5, each with what a provider does and what must come of it. */

const role = chunk({ role: 'assistant', content: '' })
const words = (count: number) => Array.from({ length: count }, (_, i) => chunk({ content: `w${i} ` }))
const end = [chunk({}, 'stop'), usageChunk(usage(7, 60))]
export const good = stream(role, ...words(60), ...end, DONE)
const silence: Script = () => undefined
const reset: Script = (_, { socket }) => void socket.resetAndDestroy()
export const cut = breakAfter(role, ...words(40))
const late: Script = async (response, request) => {
  await new Promise((resolve) => setTimeout(resolve, 2_600))
  return good(response, request)
}

/** The words before it are on their way already when the broken event is sent. */
const garbled: Script = async (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write([role, ...words(8)].join(''))
  await new Promise((resolve) => setTimeout(resolve, 100))
  response.end(['data: {"choices": [{\n\n', ...words(50), ...end, DONE].join(''))
}

export interface Met {
  status: number
  text: string
  ms: number
  attempts: number[]
  record: any
}

export const answered = ({ status, text, record }: Met) => {
  expect([status, record.status]).toEqual([200, 'SUCCEEDED'])
  expect(text).toMatch(/data: \[DONE\]\n\n$/)
  expect(text.match(/"content":"w\d+ "/g)).toHaveLength(60)
}
const finished = (met: Met) => {
  answered(met)
  expect(met.text).toMatch(/"usage":\{"prompt_tokens":7,"completion_tokens":60,/)
  expect(met.ms).toBeLessThan(8_000)
}
/** Something was delivered, then told to be broken: an error event, no end, and only what came is charged. */
export const honest = ({ status, text, record }: Met) => {
  expect(status).toBe(200)
  expect(text).toMatch(/data: \{"error":\{[^\n]*\}\}\n\n$/)
  expect(text).not.toContain('[DONE]')
  expect(text).not.toMatch(/"finish_reason":"\w/)
  expect(record.status).toBe('INTERRUPTED')
  expect(Number(record.completionTokens)).toBeLessThan(200)
}
const refusedFree = ({ status, record }: Met) => {
  expect(status).toBeGreaterThanOrEqual(500)
  expect(record.cost).toBe('0')
}
const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)

export interface Fault {
  id: string
  name: string
  script: Script[]
  alone(met: Met): void
  spare(met: Met): void
  /** Nobody can repair it once words are out: to say so and charge no more than came is all there is. */
  isSafe?: true
  /** What the opt-in buffered mode makes of it with a spare channel. */
  buffered?(met: Met): void
}

export const faults: Fault[] = [
  {
    id: 'S01',
    name: '429 with Retry-After: 2, once',
    script: [refuse(429, 'slow', { 'retry-after': '2' }), good],
    alone: (met) => (answered(met), expect(met.ms).toBeGreaterThan(1_800)),
    spare: answered,
  },
  {
    id: 'S02',
    name: '429 for ever, no header',
    script: [refuse(429, 'slow')],
    alone: (met) => (refusedFree(met), expect(sum(met.attempts)).toBeLessThanOrEqual(4)),
    spare: (met) => (answered(met), expect(sum(met.attempts)).toBeLessThanOrEqual(6)),
  },
  { id: 'S03', name: '500 once', script: [refuse(500, 'oops'), good], alone: answered, spare: answered },
  {
    id: 'S04',
    name: '503 for ever',
    script: [refuse(503, 'down')],
    alone: (met) => (refusedFree(met), expect(sum(met.attempts)).toBeLessThanOrEqual(6)),
    spare: (met) => (answered(met), expect(sum(met.attempts)).toBeLessThanOrEqual(6)),
  },
  {
    id: 'S05',
    name: 'TCP reset before headers, once',
    script: [reset, good],
    alone: answered,
    spare: answered,
  },
  {
    id: 'S06',
    name: 'accepts, never answers',
    script: [silence],
    alone: (met) => (refusedFree(met), expect([met.status, met.attempts]).toEqual([504, [1]])),
    spare: (met) => (answered(met), expect(met.attempts).toEqual([1, 1])),
  },
  {
    id: 'S07',
    name: 'headers, first token late',
    script: [late],
    alone: (met) => (refusedFree(met), expect(met.ms).toBeLessThan(5_000)),
    spare: (met) => (answered(met), expect(met.ms).toBeLessThan(2_600)),
  },
  {
    id: 'S08',
    isSafe: true,
    name: 'cut after 40 of 60 tokens',
    script: [cut],
    alone: honest,
    spare: honest,
    buffered: answered,
  },
  {
    id: 'S09',
    isSafe: true,
    name: '20 tokens, then silence',
    script: [hang(role, ...words(20))],
    alone: (met) => (honest(met), expect(met.ms).toBeLessThan(5_000)),
    spare: honest,
    buffered: answered,
  },
  {
    id: 'S10',
    isSafe: true,
    name: 'the tenth event is invalid JSON',
    script: [garbled],
    alone: honest,
    spare: honest,
    buffered: answered,
  },
  {
    id: 'S11',
    name: 'complete, but no [DONE]',
    script: [stream(role, ...words(60), ...end)],
    alone: finished,
    spare: finished,
  },
  ...(['S12', 'S13'] as const).map((id): Fault => {
    const reason = id === 'S12' ? 'maximum context length is 8 tokens' : 'blocked by the content policy'
    const passedOn = (met: Met) => {
      expect([met.status, sum(met.attempts), met.record.cost]).toEqual([400, 1, '0'])
      expect(met.text).toContain(reason)
    }
    return { id, name: `400 ${reason}`, script: [refuse(400, reason)], alone: passedOn, spare: passedOn }
  }),
]
