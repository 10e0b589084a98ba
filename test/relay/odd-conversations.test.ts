import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { startUpstream, whole } from '../support/upstream.ts'

/** What callers may send to the translated doors: it arrives rightly, or is refused by the name of the field. */
const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true', SANDBOX: 'false' })
const upstream = await startUpstream()
upstream.answer(whole('ok'))
await connectChannel(world, upstream)
const customer = await createCustomer(world, { money: 10_000_000_000n })
// The plan's longest prompt is not what is tried here.
await world.app.services.sql.query(
  'INSERT INTO user_limit (user_id, context_unlimited, updated_at) VALUES ($1, true, clock_timestamp())',
  [customer.id],
)

async function post(door: 'messages' | 'responses', body: object) {
  const before = upstream.heard.length
  const answer = await fetch(`${world.url}/api/v1/${door}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${customer.secret}` },
    body: JSON.stringify({ model: 'qwen3-max', ...(door === 'messages' && { max_tokens: 20 }), ...body }),
  })
  const json: any = await answer.json()
  return { status: answer.status, json, sent: upstream.heard.slice(before).at(-1)?.body }
}
const user = (...content: object[]) => ({ role: 'user', content })
const assistant = (...content: object[]) => ({ role: 'assistant', content })
const use = (id: unknown, input: unknown = {}) => ({ type: 'tool_use', id, name: 'f', input })
const result = (id: unknown, content: unknown = 'r') => ({ type: 'tool_result', tool_use_id: id, content })
const hello = { role: 'user', content: 'Hello' }
const text = { type: 'text', text: 'Hi' }
const messages = (...list: object[]) => ({ messages: list })

test.each<[string, object]>([
  ['messages[0].content[0].tool_use_id', messages(user(result('t1')))],
  [
    'messages[2].content[1].tool_use_id',
    messages(hello, assistant(use('a')), user(result('a'), result('a'))),
  ],
  ['messages[2].content[0].tool_use_id', messages(hello, assistant(use('a')), user(result(7)))],
  ['messages[1].content[1].id', messages(hello, assistant(use('a'), use('a')))],
  ['messages[1].content[0].input', messages(hello, assistant(use('a', '{"path":')), hello)],
  ['messages[1].content[0].input', messages(hello, assistant(use('a', [1])), hello)],
  ['messages[0].content', messages(user())],
  ['messages[0].content', messages({ role: 'user' })],
  ['messages[0].content', messages({ role: 'user', content: '' })],
  ['messages[1].content', messages(hello, { role: 'assistant', content: '' }, hello)],
  ['messages[0].content[1].text', messages(user(text, { type: 'text', text: '' }))],
  ['messages[1].content', messages(hello, assistant(), hello)],
  ['messages[0].content[1].type', messages(user(text, { type: 'hologram' }))],
  ['messages[0].content[0].type', messages(user(use('a')))],
  ['messages[1].content[0].type', messages(hello, assistant({ type: 'image' }))],
  ['messages[1].content[0].thinking', messages(hello, assistant({ type: 'thinking', signature: 's' }))],
  ['messages[0].content[0].text', messages(user({ type: 'text' }))],
  ['messages[0].content[0].source.type', messages(user({ type: 'image' }))],
  ['messages[0].content[0].source.type', messages(user({ type: 'image', source: { type: 'file' } }))],
  [
    'messages[0].content[0].source.data',
    messages(user({ type: 'image', source: { type: 'base64', media_type: 'image/png' } })),
  ],
  ['messages[0].content[0].source.type', messages(user({ type: 'document', source: { type: 'base64' } }))],
  [
    'messages[2].content[0].content[0].type',
    messages(hello, assistant(use('a')), user(result('a', [{ type: 'audio' }]))),
  ],
  ['stop_sequences', { ...messages(hello), stop_sequences: 'END' }],
  ['stop_sequences[1]', { ...messages(hello), stop_sequences: ['END', 1] }],
  ['tools[1].name', { ...messages(hello), tools: [{ type: 'web_search_20250305', name: 'w' }, {}] }],
  ['tools[0].input_schema', { ...messages(hello), tools: [{ name: 'f', input_schema: 'any' }] }],
  ['tool_choice.type', { ...messages(hello), tool_choice: 'auto' }],
  ['tool_choice.name', { ...messages(hello), tool_choice: { type: 'tool' } }],
  ['stream', { ...messages(hello), stream: 'yes' }],
])("Messages: a wrong %s is refused by its name, in Anthropic's envelope", async (param, body) => {
  const { status, json, sent } = await post('messages', body)
  expect([status, json.error?.param]).toEqual([400, param])
  expect(json).toMatchObject({
    type: 'error',
    error: { type: 'invalid_request_error', message: expect.stringContaining(param) },
  })
  expect(sent).toBeUndefined()
})

const call = (id: unknown, more: object = {}) => ({
  type: 'function_call',
  call_id: id,
  name: 'f',
  arguments: '{}',
  ...more,
})
const output = (id: unknown, said: unknown = 'r') => ({
  type: 'function_call_output',
  call_id: id,
  output: said,
})
const input = (...items: object[]) => ({ input: items })

test.each<[string, object]>([
  ['input[1].call_id', input(hello, output('c1'))],
  ['input[2].call_id', input(hello, call('c1'), call('c1'))],
  ['input[3].call_id', input(call('c1'), hello, output('c1'), output('c1'))],
  ['input[0].call_id', input(call(undefined))],
  ['input[0].name', input(call('c1', { name: 5 }))],
  ['input[0].arguments', input(call('c1', { arguments: {} }))],
  ['input[0].role', input({ role: 'robot', content: 'x' })],
  ['input[0].content', input(user())],
  ['input[0].content[0].type', input(user({ type: 'input_file', file_id: 'f' }))],
  ['input[0].content[0].image_url', input(user({ type: 'input_image', file_id: 'f' }))],
  ['input[0].type', input({ type: 'item_reference', id: 'x' })],
  ['input[0].type', input({ type: 'hologram' })],
  ['input[1]', { input: [hello, 'text'] }],
  ['input', { input: [] }],
  ['instructions', { input: 'Hi', instructions: 5 }],
  ['max_output_tokens', { input: 'Hi', max_output_tokens: 'many' }],
  ['tools[0].name', { input: 'Hi', tools: [{ type: 'function' }] }],
  [
    'tools[0].tools[0].name',
    { input: 'Hi', tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'custom' }] }] },
  ],
  ['tool_choice', { input: 'Hi', tool_choice: 'perhaps' }],
  ['tool_choice.type', { input: 'Hi', tool_choice: { type: 'web_search' } }],
  ['text.format.type', { input: 'Hi', text: { format: { type: 'xml' } } }],
  ['previous_response_id', { input: 'Hi', previous_response_id: 'resp_1' }],
  ['stream', { input: 'Hi', stream: 1 }],
])('Responses: a wrong %s is refused by its name', async (param, body) => {
  const { status, json, sent } = await post('responses', body)
  expect([status, json.error?.param]).toEqual([400, param])
  expect(json.error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining(param) })
  expect(sent).toBeUndefined()
})

const ids = Array.from({ length: 200 }, (_, i) => `c${i}`)
const asked = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })
const answered = (id: string, content = 'r') => ({ role: 'tool', tool_call_id: id, content })

test('Messages: nothing said is fine where it may be: the last turn, what a tool answered, words beside a call', async () => {
  const silent = { type: 'text', text: '' }
  for (const said of [
    messages(hello, { role: 'assistant', content: '' }),
    messages(hello, assistant()),
    messages(hello, assistant(silent, use('a')), user(result('a', ''))),
    messages(hello, assistant(use('a')), user(result('a', []))),
    messages(hello, assistant(use('a')), user(result('a', undefined))),
    messages(hello, assistant(use('a')), user(result('a', [silent]))),
  ])
    expect((await post('messages', said)).status).toBe(200)
})

test('200 parallel calls and their results in any order arrive as one turn and 200 results, through both doors', async () => {
  const turn = { role: 'assistant', content: null, tool_calls: ids.map(asked) }
  const backwards = ids.toReversed()
  const { sent: fromMessages } = await post(
    'messages',
    messages(hello, assistant(...ids.map((id) => use(id))), user(...backwards.map((id) => result(id)))),
  )
  expect(fromMessages.messages).toEqual([hello, turn, ...backwards.map((id) => answered(id))])
  const { sent: fromResponses } = await post(
    'responses',
    input(hello, ...ids.map((id) => call(id)), ...backwards.map((id) => output(id))),
  )
  expect(fromResponses.messages).toEqual([hello, turn, ...backwards.map((id) => answered(id))])
})

test('an id may return in a later turn, and a result that comes late stands behind its call', async () => {
  const { sent } = await post(
    'messages',
    messages(
      hello,
      assistant(use('a')),
      user(result('a', 'one')),
      assistant(use('a'), text),
      user(text),
      user(result('a', 'two')),
    ),
  )
  expect(sent.messages).toEqual([
    hello,
    { role: 'assistant', content: null, tool_calls: [asked('a')] },
    answered('a', 'one'),
    { role: 'assistant', content: 'Hi', tool_calls: [asked('a')] },
    answered('a', 'two'),
    user(text),
  ])
})

test('Messages: pictures by address and by content, texts of documents, and what only Anthropic understands', async () => {
  const byUrl = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }
  const byContent = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }
  const document = { type: 'document', title: 'Notes', source: { type: 'text', data: 'Words' } }
  const found = { type: 'search_result', title: 'T', source: 'https://example.com', content: [text] }
  const { sent } = await post('messages', {
    stop_sequences: [],
    messages: [
      user(byUrl, byContent, document, found),
      assistant(
        { type: 'redacted_thinking', data: 'x' },
        { type: 'thinking', thinking: 'Hm.', signature: 'abc' },
        text,
        use('a'),
        { type: 'text', text: ' there' },
      ),
      user(result('a', [text, byUrl])),
      assistant(
        { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
        { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
      ),
      assistant({ type: 'thinking', thinking: 'Only this.', signature: 'abc' }),
      { role: 'system', content: [text, { type: 'tool_change', name: 'x' }] },
      assistant(),
    ],
  })
  const picture = (url: string) => ({ type: 'image_url', image_url: { url } })
  expect(sent).not.toHaveProperty('stop')
  expect(sent.messages).toEqual([
    user(
      picture('https://example.com/a.png'),
      picture('data:image/png;base64,AAAA'),
      { type: 'text', text: 'Notes\nWords' },
      { type: 'text', text: 'T\nhttps://example.com\nHi' },
    ),
    { role: 'assistant', content: 'Hi there', reasoning_content: 'Hm.', tool_calls: [asked('a')] },
    answered('a', 'Hi'),
    user(picture('https://example.com/a.png')),
    { role: 'assistant', content: '', reasoning_content: 'Only this.' },
    { role: 'system', content: 'Hi' },
  ])
})

test('Responses: pictures from people and tools, words of one turn together, tools within the conversation', async () => {
  const shown = { type: 'input_image', image_url: 'data:image/png;base64,AAAA' }
  const { sent } = await post('responses', {
    input: [
      {
        type: 'additional_tools',
        role: 'developer',
        tools: [{ type: 'function', name: 'f', parameters: {} }],
      },
      user({ type: 'input_text', text: 'Look' }, shown),
      assistant({ type: 'output_text', text: 'One. ' }),
      assistant({ type: 'refusal', refusal: 'No.' }),
      { type: 'web_search_call', id: 'w', status: 'completed' },
      call('a'),
      call('b'),
      output('a', [{ type: 'input_text', text: 'seen' }, shown]),
      output('b', []),
      { type: 'reasoning', summary: [] },
    ],
  })
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
  expect(sent.tools).toEqual([{ type: 'function', function: { name: 'f', parameters: {} } }])
  expect(sent.messages).toEqual([
    user({ type: 'text', text: 'Look' }, picture),
    { role: 'assistant', content: 'One. No.', tool_calls: [asked('a'), asked('b')] },
    answered('a', 'seen'),
    answered('b', ''),
    user(picture),
  ])
})
