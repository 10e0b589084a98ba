// A mock upstream that answers at once, or a bare proxy with no features at all, each in a process of its own.
import { Agent, createServer, request } from 'node:http'

const [role, target] = process.argv.slice(2)
const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'deepseek-v4-pro',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Fine, thank you.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
})
const agent = new Agent({ keepAlive: true, maxSockets: 256 })

const server = createServer((incoming, response) => {
  if (role === 'upstream') {
    incoming.resume()
    incoming.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(answer)
    })
    return
  }
  const url = `${target}${incoming.url.replace(/^\/v1/, '')}`
  const outgoing = request(url, { agent, method: incoming.method, headers: incoming.headers }, (upstream) => {
    response.writeHead(upstream.statusCode, upstream.headers)
    upstream.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  incoming.pipe(outgoing)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}/v1`))
