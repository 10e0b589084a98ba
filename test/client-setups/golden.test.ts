import { parse as parseToml } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import type { AppLink, Client, Os, SetUpInput, Snippet } from '../../web/src/clients/client.ts'
import { clientOf, clients, clientsFor } from '../../web/src/clients/clients.ts'
import { literal } from '../../web/src/clients/quoting.ts'

const KEY = 'sk-pt-0123456789abcdefghijABCDEFGHIJ01234567'
const plain: SetUpInput = {
  siteName: 'PingToken',
  baseUrl: 'https://pingtoken.cn/api/v1',
  model: 'deepseek-v4-pro',
  key: KEY,
  os: 'linux',
}
const build = (id: string, changes: Partial<SetUpInput> = {}) => clientOf(id)!.setUp({ ...plain, ...changes })
const fileOf = (id: string, snippet: string, changes: Partial<SetUpInput> = {}) =>
  build(id, changes).files.find((file) => file.id === snippet)!.text

describe.each(clients.map((client) => [client.id, client] as const))('%s', (id, client) => {
  test('is set up as it was agreed, on every system, with the secret and with a variable', async () => {
    await expect(rendered(client)).toMatchFileSnapshot(`golden/${id}.txt`)
  })

  test('without the secret nothing holds one, and nothing opens an app', () => {
    const { links, ...setUp } = client.setUp({ ...plain, key: undefined })
    expect(links).toEqual([])
    expect(JSON.stringify(setUp)).not.toContain('sk-pt-')
  })

  test('JSON and TOML can be read by a parser', () => {
    for (const { language, text } of client.setUp(plain).files) {
      if (language === 'json') expect(JSON.parse(text)).toBeTypeOf('object')
      if (language === 'toml') expect(parseToml(text)).toBeTypeOf('object')
    }
  })
})

test('every tool that was promised has a set-up', () => {
  const promised =
    'cursor cherry-studio cline dify claude-code claude-code-router codex qwen-code lingma qoder openclaw opencode chatbox cc-switch postman curl python java node'
  expect(clients.map(({ id }) => id).sort()).toEqual(promised.split(' ').sort())
})

const AWKWARD = `it's "quoted" $HOME \`id\` \\ {{x}} ’ é`
const behindPath = { baseUrl: 'https://example.com/gateway/api/v1', key: AWKWARD }
const leaves = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value]
const parsed = ({ language, text }: Snippet): unknown[] =>
  language === 'json' ? leaves(JSON.parse(text)) : language === 'toml' ? leaves(parseToml(text)) : []

describe.each(clients.map(({ id }) => [id] as const))('%s, served below a path', (id) => {
  const { files, fields, commands, links } = build(id, behindPath)
  const texts = [...files, ...commands].map(({ text }) => text)
  const values = [...files.flatMap(parsed), ...fields.map(({ value }) => value)]
  const all = [...values, ...texts, ...links.map((link) => decodedLink(link.url()))].join('\n')

  test('keeps the path in every address', () => {
    const addresses = all.match(/https:\/\/example\.com[^\s"',)]*/g) ?? []
    expect(addresses.length).toBeGreaterThan(0)
    for (const address of addresses)
      expect(address).toMatch(/^https:\/\/example\.com\/gateway(\/api(\/v1)?)?(\/|$)/)
  })

  test('has a secret with quotes and signs as it is, wherever one is read back', () => {
    const readable = [
      ...values,
      ...links.map((link) => decodedLink(link.url())),
      ...[...files, ...commands].flatMap(wordsOf),
    ]
    expect(
      readable.some((value) => String(value).includes(AWKWARD) || String(value).includes(literal(AWKWARD))),
    ).toBe(true)
    for (const value of values) if (String(value).includes("it's")) expect(String(value)).toContain(AWKWARD)
  })
})

/** The words that a shell or a program makes of a text. */
function wordsOf({ language, text }: Snippet): string[] {
  if (language === 'shell') return [text.replaceAll(`'\\''`, "'")]
  return language === 'json' || language === 'toml' || language === 'powershell' ? [] : [text]
}

/** With what is in base64 read as well. */
function decodedLink(address: string): string {
  const query = [...new URL(address).searchParams.values()].join('\n')
  const packed = query.match(/[\w+/-]{40,}=*/g) ?? []
  return [query, ...packed.map((text) => Buffer.from(text, 'base64').toString('utf8'))].join('\n')
}

test('a tool is offered only where its door is served', () => {
  const offered = clientsFor(['chat_completions']).map(({ id }) => id)
  expect(offered).not.toContain('claude-code')
  expect(offered).not.toContain('codex')
  expect(offered).toContain('cursor')
  expect(clientsFor(['chat_completions', 'messages', 'responses'])).toHaveLength(clients.length)
})

test('Claude Code gets the base without /v1, one way of signing in, and no second one', () => {
  const { env } = JSON.parse(fileOf('claude-code', 'settings'))
  expect(env.ANTHROPIC_BASE_URL).toBe('https://pingtoken.cn/api')
  expect(env.ANTHROPIC_AUTH_TOKEN).toBe(KEY)
  expect(env).not.toHaveProperty('ANTHROPIC_API_KEY')
})

test('Codex speaks Responses and reads the secret from the environment', () => {
  const text = fileOf('codex', 'config')
  expect(text).not.toContain(KEY)
  expect(parseToml(text)).toEqual({
    model: 'deepseek-v4-pro',
    model_provider: 'pingtoken',
    model_providers: {
      pingtoken: {
        name: 'PingToken',
        base_url: 'https://pingtoken.cn/api/v1',
        env_key: 'PINGTOKEN_API_KEY',
        wire_api: 'responses',
      },
    },
  })
})

test('Qwen Code gets a bare array under the built-in provider and no secret in its file', () => {
  const settings = JSON.parse(fileOf('qwen-code', 'settings'))
  expect(Array.isArray(settings.modelProviders.openai)).toBe(true)
  expect(settings.modelProviders.openai[0]).toMatchObject({
    id: 'deepseek-v4-pro',
    envKey: 'PINGTOKEN_API_KEY',
  })
  expect(JSON.stringify(settings)).not.toContain(KEY)
})

test('Claude Code Router gets the full address of the route', () => {
  const [provider] = JSON.parse(fileOf('claude-code-router', 'config')).Providers
  expect(provider.api_base_url).toBe('https://pingtoken.cn/api/v1/chat/completions')
})

describe('links that open an app, read as the app reads them', () => {
  const names = ['PingToken', '乒乓 “云” 🏓', `O'Brien (test) "x" \\ </script>`, '50% & more = +/?#']

  test.each(names)('Cherry Studio: %s', (siteName) => {
    const [link] = build('cherry-studio', { siteName }).links
    expect(readByCherryStudio(link!.url())).toEqual({
      id: 'pingtoken',
      name: siteName,
      type: 'openai',
      baseUrl: plain.baseUrl,
      apiKey: KEY,
    })
  })

  test.each(names)('Chatbox: %s', (siteName) => {
    const [link] = build('chatbox', { siteName }).links
    const { name, settings } = readByChatbox(link!.url())
    expect(name).toBe(siteName)
    expect(settings.apiHost + settings.apiPath).toBe('https://pingtoken.cn/api/v1/chat/completions')
    expect(settings.apiKey).toBe(KEY)
    expect(settings.models).toEqual([
      { modelId: plain.model, nickname: plain.model, type: 'chat', capabilities: [] },
    ])
  })

  test.each(names)('CC Switch: %s', (siteName) => {
    const links = build('cc-switch', { siteName }).links.map((link) => readByCcSwitch(link.url()))
    expect(links.map(({ app, endpoint }) => [app, endpoint])).toEqual([
      ['claude', 'https://pingtoken.cn/api'],
      ['codex', 'https://pingtoken.cn/api/v1'],
      ['opencode', 'https://pingtoken.cn/api/v1'],
      ['openclaw', 'https://pingtoken.cn/api/v1'],
    ])
    for (const link of links)
      expect(link).toMatchObject({
        resource: 'provider',
        name: siteName,
        apiKey: KEY,
        model: plain.model,
        homepage: 'https://pingtoken.cn',
        enabled: 'true',
      })
  })
})

/** As the app does: its own order of replacing, decoding and reading. */
function readByCherryStudio(address: string): unknown {
  const url = new URL(address)
  expect([url.protocol, url.hostname, url.pathname]).toEqual(['cherrystudio:', 'providers', '/api-keys'])
  const parameters = new URLSearchParams(url.search.replaceAll('+', '_').replaceAll('/', '-'))
  expect(parameters.get('v')).toBe('1')
  const data = parameters.get('data')!.replaceAll('_', '+').replaceAll('-', '/')
  const text = Buffer.from(data, 'base64').toString('utf-8')
  return JSON.parse(text.replaceAll("'", '"').replaceAll('(', '').replaceAll(')', ''))
}

function readByChatbox(address: string): any {
  const url = new URL(address)
  expect([url.protocol, url.hostname, url.pathname]).toEqual(['chatbox:', 'provider', '/import'])
  return JSON.parse(Buffer.from(url.searchParams.get('config')!, 'base64').toString('utf-8'))
}

function readByCcSwitch(address: string): Record<string, string> {
  const url = new URL(address)
  expect([url.protocol, url.hostname, url.pathname]).toEqual(['ccswitch:', 'v1', '/import'])
  const read = Object.fromEntries(url.searchParams)
  return { ...read, endpoint: read.endpoint!.split(',')[0]!.trim() }
}

const SYSTEMS: Os[] = ['mac', 'linux', 'windows']

function rendered(client: Client): string {
  return SYSTEMS.flatMap((os) => [KEY, undefined].map((key) => section(client, { ...plain, os, key }))).join(
    '\n',
  )
}

function section(client: Client, input: SetUpInput): string {
  const { steps, notes, fields, files, commands, links } = client.setUp(input)
  return [
    `######## ${input.os}, ${input.key ? 'with the secret' : 'with a variable'}`,
    `steps: ${steps.join(', ')}`,
    `notes: ${notes.join(', ')}`,
    ...fields.map(({ label, value }) => `${label}: ${value}`),
    ...[...files, ...commands].map(snippetText),
    ...links.map(linkText),
    '',
  ].join('\n')
}

const snippetText = ({ id, path, language, text }: Snippet) =>
  `---- ${id} (${language})${path ? `: ${path}` : ''}\n${text}`
const linkText = ({ app, url }: AppLink) => `==== ${app}\n${url()}`
