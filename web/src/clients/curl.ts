import { type Client, type SetUpInput, setUpOf } from './client.ts'
import { command, environment, KEY_VARIABLE, keyWord } from './places.ts'
import { powershell, shell } from './quoting.ts'

/** On Windows PowerShell itself: what `curl` and its quotes mean there depends on the version. */
export const curl: Client = {
  id: 'curl',
  name: 'curl',
  kind: 'code',
  door: 'chat_completions',
  homepage: 'https://curl.se',
  verified: { version: '8', date: '2026-11' },
  longPrompts: false,
  setUp(input) {
    const { os } = input
    const texts = os === 'windows' ? powershellTexts(input) : shellTexts(input)
    return setUpOf({
      steps: input.key === undefined ? ['variable', 'run'] : ['run'],
      files: input.key === undefined ? [environment(input)] : [],
      commands: texts.map(([id, text]) => command(os, id, text)),
      notes: os === 'windows' ? ['powershell'] : ['stream'],
    })
  },
}

const bodyOf = (model: string, more: object = {}) =>
  JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...more })

function shellTexts(input: SetUpInput): [id: string, text: string][] {
  const { baseUrl, model } = input
  const authorization =
    input.key === undefined
      ? `"Authorization: Bearer $${KEY_VARIABLE}"`
      : shell(`Authorization: Bearer ${input.key}`)
  const post = (options: string, body: string) =>
    [
      `curl ${options}${shell(`${baseUrl}/chat/completions`)}`,
      `-H ${authorization}`,
      "-H 'Content-Type: application/json'",
      `-d ${shell(body)}`,
    ].join(' \\\n  ')
  return [
    ['chat', post('', bodyOf(model))],
    ['stream', post('-N ', bodyOf(model, { stream: true }))],
    ['models', `curl ${shell(`${baseUrl}/models`)} -H ${authorization}`],
  ]
}

function powershellTexts(input: SetUpInput): [id: string, text: string][] {
  const { baseUrl, model } = input
  const headers = `$headers = @{ Authorization = 'Bearer ' + ${keyWord(input)} }`
  const post = `Invoke-RestMethod -Method Post -Uri ${powershell(`${baseUrl}/chat/completions`)} \`
  -Headers $headers -ContentType 'application/json; charset=utf-8' \`
  -Body ${powershell(bodyOf(model))}`
  return [
    ['chat', `${headers}\n(${post}).choices[0].message.content`],
    [
      'models',
      `${headers}\n(Invoke-RestMethod -Uri ${powershell(`${baseUrl}/models`)} -Headers $headers).data.id`,
    ],
  ]
}
