import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CodeTab } from '../../scripts/articles/article.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { codeOf, compiled, LANGUAGES, type Language, listed, textOf } from './articles.ts'

/**
 * Every snippet of the articles that is marked `run=` is run as a reader sees it, with the numbers and addresses of a
 * started server. A JSON body names the route that it is sent to: `run=chat/completions`.
 */
const GSON = '/usr/share/java/gson.jar'
const run = promisify(execFile)
const answersFrom = (command: string, ...args: string[]) =>
  run(command, args).then(
    () => true,
    () => false,
  )
const PYTHON = '/usr/bin/python3'
const hasGo = await answersFrom('go', 'version')
/** What a language needs; `undefined` where it is here. CI counts what it must leave out as failed. */
const lacking: Record<string, string | undefined> = {
  bash: (await answersFrom('curl', '--version')) ? undefined : 'curl',
  python: (await answersFrom(PYTHON, '-c', 'import requests')) ? undefined : 'python3-requests',
  java:
    existsSync(GSON) && (await answersFrom('java', '--version'))
      ? undefined
      : 'a JDK and libgoogle-gson-java',
}
let server: ServerProcess
let folder: string
let accessKey: string
const facts = {} as Record<Language, Map<string, string>>

beforeAll(async () => {
  server = await startServer()
  folder = mkdtempSync(join(tmpdir(), 'pingtoken-snippets-'))
  // Programs of Node find the packages that they import where ours are.
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  for (const language of LANGUAGES) facts[language] = await factsOf(language)
  accessKey = await makeAccessKey()
})

afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer<T> {
  data: T
}

async function ask<T>(query: string, { cookie = '', ...variables }: Record<string, unknown>) {
  const answer = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: cookie as string, origin: server.url },
    body: JSON.stringify({ query, variables }),
  })
  const cookies = answer.headers.getSetCookie().map((one) => one.split(';')[0])
  return { cookie: cookies.join('; '), data: ((await answer.json()) as Answer<T>).data }
}

async function factsOf(locale: Language): Promise<Map<string, string>> {
  const { data } = await ask<{ documentationFacts: { name: string; value: string }[] }>(
    'query Facts($locale: String!) { documentationFacts(locale: $locale) { name value } }',
    { locale },
  )
  return new Map(data.documentationFacts.map(({ name, value }) => [name, value]))
}

/** With every scope, as the console makes it. */
async function makeAccessKey(): Promise<string> {
  const token = new URL(server.signInLink).hash.slice('#token='.length)
  const { cookie } = await ask(
    'mutation SignIn($token: String!) { redeemSignInLink(input: { token: $token }) { __typename } }',
    { token },
  )
  const { data } = await ask<{ createAccessKey: { secret: string } }>(
    `mutation { createAccessKey(input: { name: "docs", scopes: [READ_USAGE, READ_MONEY, MANAGE_TOKENS, BUY] }) { secret } }`,
    { cookie },
  )
  return data.createAccessKey.secret
}

const snippets = (
  await Promise.all(
    LANGUAGES.flatMap((locale) =>
      listed.map(async (article) => {
        const runnable = codeOf((await compiled(locale, article)).body).filter(({ run: name }) => name)
        return runnable.map((tab, i) => ({ locale, article, tab, at: `${locale} ${article} ${i + 1}` }))
      }),
    ),
  )
).flat()

/** As the page shows it, with an API token chosen. */
function filled(tab: CodeTab, locale: Language): string {
  return textOf(tab)
    .replace(/\{\{(\w+)\}\}/g, (all, name: string) => facts[locale].get(name) ?? all)
    .replaceAll('YOUR_API_TOKEN', server.token)
    .replaceAll('YOUR_ACCESS_KEY', accessKey)
    .replaceAll('EMBEDDING_MODEL_ID', facts[locale].get('model')!)
}

for (const { locale, tab, at } of snippets) {
  const needs = lacking[tab.language]
  const way =
    tab.language === 'go' && !hasGo ? 'asks as it is shown, read and sent without Go' : 'runs as it is shown'
  test.skipIf(needs)(
    `${at} (${tab.language}: ${tab.label}) ${way}${needs ? ` (needs ${needs})` : ''}`,
    async () => {
      const text = filled(tab, locale)
      expect(text).not.toMatch(/{{\w+}}/)
      const output = await outputOf(tab, text, at.replace(/\W/g, '-'))
      expect(output.trim()).not.toBe('')
      // Who shows how to call a tool wants to see a call.
      if (text.includes('"tools":')) expect(output).toContain('"tool_calls":')
      expect(output).not.toMatch(/"type": ?"error"|"errors":|Traceback|Exception in thread/)
      // A first `go run` builds half of the standard library.
    },
    300_000,
  )
}

test('every language that is marked to be run has a way to be run here', () => {
  const known = new Set(['bash', 'python', 'javascript', 'java', 'go', 'json'])
  expect(snippets.map(({ tab }) => tab.language).filter((language) => !known.has(language))).toEqual([])
})

async function outputOf({ language, run: name }: CodeTab, text: string, id: string): Promise<string> {
  const env = { ...process.env, PINGTOKEN_API_KEY: server.token }
  const file = (ending: string) => {
    const path = join(folder, `${id}.${ending}`)
    writeFileSync(path, text)
    return path
  }
  switch (language) {
    case 'bash':
      return (await run('bash', ['-e', file('sh')], { env })).stdout
    case 'python':
      return (await run(PYTHON, [file('py')], { env })).stdout
    case 'go':
      return hasGo ? (await run('go', ['run', file('go')], { env })).stdout : sendAsGoDoes(text)
    case 'java':
      return (await run('java', ['-cp', GSON, file('java')], { env })).stdout
    case 'javascript':
      return (await run(process.execPath, [file('mjs')], { env })).stdout
    default: {
      const answer = await fetch(`${server.url}/api/v1/${name}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
        body: text,
      })
      return answer.text()
    }
  }
}

/** The request of a Go program, taken from its text, and what the program reads of the answer. */
async function sendAsGoDoes(text: string): Promise<string> {
  const [, literal] = /json\.Marshal\((map[^]*?\})\)\n/.exec(text)!
  const body = literal!
    .replace(/\[\]map\[string\]\w+\{(.*)\}/g, '[$1]')
    .replace(/map\[string\]\w+\{/g, '{')
    .replace(/,(\s*[}\]])/g, '$1')
  const [, method, url] = /NewRequest\("(\w+)", "([^"]+)"/.exec(text)!
  const headers = [...text.matchAll(/Header\.Set\("([^"]+)", "([^"]+)"\)/g)].map(
    ([, name, value]): [string, string] => [name!, value!],
  )
  const answer = await fetch(url!, { method, headers, body })
  const { choices, usage } = (await answer.json()) as any
  return `${choices[0].message.content} ${usage.total_tokens}`
}
