import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Library } from '../documentation/library.ts'
import type { Language } from '../platform/language.ts'
import { languageOf } from '../platform/language.ts'

type Asked = FastifyRequest<{ Params: { name: string }; Querystring: { lang?: string } }>

/** The documentation for programs: /llms.txt lists it, and every article is there as Markdown. */
export function documentationRoutes(fastify: FastifyInstance, library: Library) {
  fastify.get('/llms.txt', async (request: Asked, reply) =>
    reply
      .type('text/plain; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(await library.index(languageOf(request))),
  )
  fastify.get('/docs/tools.md', (request: Asked, reply) => {
    const language = languageOf(request)
    return sendText(library.tools(language), language, reply)
  })
  fastify.get('/docs/tools/:name.md', async (request: Asked, reply) => {
    const language = languageOf(request)
    return sendText(await library.tool(request.params.name, language), language, reply)
  })
  for (const section of ['docs', 'help'] as const)
    fastify.get(`/${section}/:name.md`, (request: Asked, reply) =>
      send(section, request.params.name, request, reply),
    )
  for (const name of ['agreement', 'privacy'])
    fastify.get(`/${name}.md`, (request: Asked, reply) => send('legal', name, request, reply))

  async function send(section: 'docs' | 'help' | 'legal', name: string, request: Asked, reply: FastifyReply) {
    const language = languageOf(request)
    return sendText(await library.article(section, name, language), language, reply)
  }

  function sendText(text: string | undefined, language: Language, reply: FastifyReply) {
    if (text === undefined) return reply.callNotFound()
    return reply
      .type('text/markdown; charset=utf-8')
      .headers({ 'content-language': language, 'cache-control': 'no-cache', vary: 'accept-language' })
      .send(text)
  }
}
