import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SetUpInput, Snippet } from '../../web/src/clients/client.ts'
import { clientOf } from '../../web/src/clients/clients.ts'
import { type ServerProcess, startServer } from '../support/server.ts'

/** Every set-up that is a program is run exactly as it is shown: with the secret in it, and with the variable. */
const GSON = '/usr/share/java/gson.jar'
const run = promisify(execFile)
let server: ServerProcess
let folder: string

beforeAll(async () => {
  server = await startServer()
  folder = mkdtempSync(join(tmpdir(), 'pingtoken-setups-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(resolve('node_modules/openai'), join(folder, 'node_modules/openai'))
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const works = (program: string, ...args: string[]) =>
  run(program, args).then(
    () => true,
    () => false,
  )
const python = process.env.PYTHON ?? '/usr/bin/python3'
const hasRequests = await works(python, '-c', 'import requests')
const hasOpenAi = await works(python, '-c', 'import openai')
const hasCurl = await works('curl', '--version')
const hasJava = existsSync(GSON) && (await works('java', '--version'))

const input = (changes: Partial<SetUpInput> = {}): SetUpInput => ({
  siteName: 'PingToken',
  baseUrl: `${server.url}/api/v1`,
  model: 'deepseek-v4-pro',
  key: server.token,
  os: 'linux',
  ...changes,
})
const snippet = (client: string, id: string, changes: Partial<SetUpInput> = {}): Snippet => {
  const { files, commands } = clientOf(client)!.setUp(input(changes))
  return [...files, ...commands].find((one) => one.id === id)!
}

const variable = () => ({ PATH: process.env.PATH, PINGTOKEN_API_KEY: server.token })

/** The file as shown, beside the command as shown, in a folder of its own. */
async function execute(program: string[], { path, text }: Snippet, env: NodeJS.ProcessEnv) {
  const file = join(folder, path ?? 'script.sh')
  writeFileSync(file, text)
  const { stdout } = await run(program[0]!, [...program.slice(1), file], { env, cwd: folder })
  return stdout
}

/** With the secret in the text no variable is there, and the other way round. */
const ways: [name: string, changes: Partial<SetUpInput>, env: () => NodeJS.ProcessEnv][] = [
  ['with the secret', {}, () => ({ PATH: process.env.PATH })],
  ['with the variable', { key: undefined }, variable],
]

describe.each(ways)('%s', (_, changes, env) => {
  test.skipIf(!hasCurl)('curl: an answer, a stream, the models', async () => {
    const chat = JSON.parse(await execute(['bash'], snippet('curl', 'chat', changes), env()))
    expect(chat.choices[0].message.content).toMatch(/sandbox/i)
    expect(await execute(['bash'], snippet('curl', 'stream', changes), env())).toMatch(/data: \[DONE\]\s*$/)
    const models = JSON.parse(await execute(['bash'], snippet('curl', 'models', changes), env()))
    expect(models.data.map(({ id }: any) => id)).toContain('deepseek-v4-pro')
  })

  test.skipIf(!hasRequests)('Python with requests (needs python3-requests)', async () => {
    const answer = await execute([python], snippet('python', 'requests', changes), env())
    expect(answer).toMatch(/sandbox[^]*Tokens used: \d+/i)
  })

  test.skipIf(!hasRequests)(
    'Python with the openai package: read by Python, and run where it is',
    async () => {
      const program = snippet('python', 'openai', changes)
      if (hasOpenAi) expect(await execute([python], program, env())).toMatch(/sandbox/i)
      else
        await execute([python, '-c', 'import ast, sys; ast.parse(open(sys.argv[1]).read())'], program, env())
    },
  )

  test('Node with the openai package', async () => {
    const answer = await execute([process.execPath], snippet('node', 'openai', changes), env())
    expect(answer).toMatch(/sandbox[^]*Tokens used: \d+/i)
  })

  test('Node with fetch, streamed', async () => {
    const answer = await execute([process.execPath], snippet('node', 'fetch', changes), env())
    expect(answer).toMatch(/sandbox/i)
  })

  test.skipIf(!hasJava)('Java (needs a JDK and libgoogle-gson-java)', async () => {
    const answer = await execute(['java', '-cp', GSON], snippet('java', 'program', changes), env())
    expect(answer).toMatch(/sandbox[^]*Tokens used: \d+/i)
  })
})

describe('a refused request is said in words, not shown as a stack of ours', () => {
  const said = async (program: string[], client: string, id: string) => {
    const one = snippet(client, id, { key: 'sk-pt-wrong' })
    const failure: any = await execute(program, one, { PATH: process.env.PATH }).catch((error) => error)
    return String(failure.stderr)
  }
  test.skipIf(!hasRequests)('by the Python program (needs python3-requests)', async () => {
    expect(await said([python], 'python', 'requests')).toMatch(/not an API token of ours/)
  })
  test('by the Node program', async () => {
    expect(await said([process.execPath], 'node', 'fetch')).toMatch(/not an API token of ours/)
  })
})

test('the line that sets the variable sets it', async () => {
  const { text } = snippet('codex', 'environment')
  writeFileSync(join(folder, 'profile.sh'), text)
  const shown = await run('bash', ['-c', '. ./profile.sh; printenv PINGTOKEN_API_KEY'], { cwd: folder })
  expect(shown.stdout).toBe(`${server.token}\n`)
})

test('every request of the Postman collection is answered', async () => {
  const collection = JSON.parse(snippet('postman', 'collection').text)
  const variables = new Map<string, string>(collection.variable.map(({ key, value }: any) => [key, value]))
  const filled = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => variables.get(name)!)
  const answers = await Promise.all(
    collection.item.map(async ({ name, request }: any) => {
      const response = await fetch(filled(`${request.url.host.join('.')}/${request.url.path.join('/')}`), {
        method: request.method,
        headers: {
          authorization: `Bearer ${filled(collection.auth.bearer[0].value)}`,
          ...Object.fromEntries(request.header.map(({ key, value }: any) => [key, value])),
        },
        body: request.body && filled(request.body.raw),
      })
      expect(filled(request.url.raw)).toBe(response.url)
      return [name, response.status]
    }),
  )
  expect(answers.length).toBeGreaterThanOrEqual(7)
  expect(answers.filter(([, status]) => status !== 200)).toEqual([])
})
