import type { Os } from '../clients/client.ts'
import { KEY_VARIABLE } from '../clients/places.ts'
import { json, literal, powershell, shell } from '../clients/quoting.ts'

/** The request that the page would send, as a program: pure, so that tests can run it. */
export const LANGUAGES = ['curl', 'python', 'node'] as const
export type Language = (typeof LANGUAGES)[number]

export interface CodeInput {
  /** `https://pingtoken.cn/api/v1` */
  baseUrl: string
  os: Os
  body: Record<string, unknown>
}

export function codeOf(language: Language, input: CodeInput): string {
  if (language === 'python') return pythonCode(input)
  if (language === 'node') return nodeCode(input)
  return input.os === 'windows' ? powershellCode(input) : curlCode(input)
}

const indented = (value: unknown) => json(value).trimEnd()

const curlCode = ({ baseUrl, body }: CodeInput) =>
  [
    `curl ${body.stream ? '-N ' : ''}${shell(`${baseUrl}/chat/completions`)}`,
    `-H "Authorization: Bearer $${KEY_VARIABLE}"`,
    "-H 'Content-Type: application/json'",
    `-d ${shell(indented(body))}`,
  ].join(' \\\n  ')

/** Windows' own command reads an answer whole: it is asked for one. */
function powershellCode({ baseUrl, body }: CodeInput): string {
  const whole = Object.fromEntries(Object.entries(body).filter(([name]) => !name.startsWith('stream')))
  return `$headers = @{ Authorization = "Bearer $env:${KEY_VARIABLE}" }
(Invoke-RestMethod -Method Post -Uri ${powershell(`${baseUrl}/chat/completions`)} \`
  -Headers $headers -ContentType 'application/json; charset=utf-8' \`
  -Body ${powershell(indented(whole))}).choices[0].message.content`
}

function pythonCode({ baseUrl, body }: CodeInput): string {
  const fields = Object.entries(body).map(([name, value]) => `    ${name}=${pythonValue(value, 1)},`)
  const call = `client.chat.completions.create(\n${fields.join('\n')}\n)`
  const read = body.stream
    ? `for chunk in ${call}:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()`
    : `answer = ${call}\nprint(answer.choices[0].message.content)`
  return `import os

from openai import OpenAI

client = OpenAI(
    base_url=${literal(baseUrl)},
    api_key=os.environ["${KEY_VARIABLE}"],
)
${read}`
}

/** JSON's three words are others in Python. */
function pythonValue(value: unknown, depth: number): string {
  const pad = '    '.repeat(depth)
  const lines = (items: string[], [open, close]: string) =>
    items.length > 0
      ? `${open}\n${items.map((item) => `${pad}    ${item},\n`).join('')}${pad}${close}`
      : `${open}${close}`
  if (typeof value === 'string') return literal(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value))
    return lines(
      value.map((item) => pythonValue(item, depth + 1)),
      '[]',
    )
  if (typeof value !== 'object' || value === null) return value === null ? 'None' : String(value)
  return lines(
    Object.entries(value).map(([name, item]) => `${literal(name)}: ${pythonValue(item, depth + 1)}`),
    '{}',
  )
}

function nodeCode({ baseUrl, body }: CodeInput): string {
  const call = `await client.chat.completions.create(${indented(body)})`
  const read = body.stream
    ? `for await (const chunk of ${call}) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '')
}
console.log()`
    : `const answer = ${call}\nconsole.log(answer.choices[0].message.content)`
  return `import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: ${literal(baseUrl)},
  apiKey: process.env.${KEY_VARIABLE},
})
${read}`
}
