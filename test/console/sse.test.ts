import { expect, test } from 'vitest'
import { createEventReader } from '../../web/src/playground/sse.ts'

const stream =
  ': keep-alive\n\ndata: {"choices":[{"delta":{"content":"Hel"}}]}\n\ndata: {"choices":[{"delta":{"reasoning_content":"hm"}}]}\r\n\r\n' +
  'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"cost":0.5}}\n\ndata: [DONE]\n\n'

test.each([1, 7, 1_000])('events are read whole from pieces of %i characters', (size) => {
  const read = createEventReader()
  const events = stream.match(new RegExp(`[^]{1,${size}}`, 'g'))!.flatMap((piece) => read(piece))
  expect(events.map(({ content }) => content).join('')).toBe('Hel')
  expect(events.map(({ reasoning }) => reasoning).join('')).toBe('hm')
  expect(events.find(({ usage }) => usage)?.usage?.cost).toBe(0.5)
  expect(events.at(-1)?.done).toBe(true)
})

test('an error in the middle of a stream is an error', () => {
  const [event] = createEventReader()('data: {"error":{"code":"upstream_error","message":"broke off"}}\n\n')
  expect(event?.error).toEqual({ code: 'upstream_error', message: 'broke off' })
})
