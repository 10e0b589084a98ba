// A mock upstream, or a bare proxy with no features at all, each in a process of its own. The upstream answers at
// once, or after `mock.delay` ms; a stream has `mock.events` events, as many packets as the loop makes of them, or
// one every `mock.every` ms.
import { Agent, createServer, request } from 'node:http'

const [role, target] = process.argv.slice(2)
const head = { id: 'chatcmpl-1', created: 1, model: 'deepseek-v4-pro' }
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const answer = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Fine, thank you.' }, finish_reason: 'stop' }],
  usage,
})
const event = (delta, finish_reason = null, more = {}) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }], ...more })}\n\n`
const word = event({ content: ' word' })
const last = `${event({}, 'stop')}${event({}, null, { choices: [], usage })}data: [DONE]\n\n`
const agent = new Agent({ keepAlive: true, maxSockets: 256, noDelay: true })

function respond(response, { stream, mock = {} }) {
  if (!stream) {
    response.writeHead(200, { 'content-type': 'application/json' })
    return response.end(answer)
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let left = mock.events ?? 1
  const next = () => {
    if (left-- === 0) return response.end(last)
    response.write(word)
    if (mock.every) setTimeout(next, mock.every)
    else setImmediate(next)
  }
  next()
}

function proxy(incoming, response) {
  const url = `${target}${incoming.url.replace(/^\/v1/, '')}`
  const outgoing = request(url, { agent, method: incoming.method, headers: incoming.headers }, (upstream) => {
    response.writeHead(upstream.statusCode, upstream.headers)
    upstream.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  incoming.pipe(outgoing)
}

const server = createServer((incoming, response) => {
  if (role === 'proxy') return proxy(incoming, response)
  let text = ''
  incoming.on('data', (part) => (text += part))
  incoming.on('end', () => {
    const body = JSON.parse(text)
    if (body.mock?.delay) setTimeout(respond, body.mock.delay, response, body)
    else respond(response, body)
  })
})
server.on('connection', (socket) => socket.setNoDelay(true))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}/v1`))
