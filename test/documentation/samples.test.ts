import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServerProcess, startServer } from '../support/server.ts'

/**
 * The sample programs of the original's documentation, kept as they were printed there: only address and
 * key are replaced. StreamExample.java is our own. `chat.*` ask twice: once whole, once streamed.
 */
const GSON = '/usr/share/java/gson.jar'
const run = promisify(execFile)
let server: ServerProcess
let folder: string

beforeAll(async () => {
  server = await startServer()
  folder = mkdtempSync(join(tmpdir(), 'pingtoken-samples-'))
})

afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function prepare(name: string): string {
  const source = readFileSync(`test/documentation/samples/${name}`, 'utf8')
  const file = join(folder, name)
  writeFileSync(
    file,
    source
      .replaceAll('https://pingtoken.cn/api/v1', `${server.url}/api/v1`)
      .replaceAll('YOUR_API_TOKEN', server.token),
  )
  return file
}

const python = '/usr/bin/python3'
const hasPython = await run(python, ['-c', 'import requests']).then(
  () => true,
  () => false,
)
const hasJava =
  existsSync(GSON) &&
  (await run('java', ['--version']).then(
    () => true,
    () => false,
  ))

test.skipIf(!hasPython)(
  'the Python program runs as printed, whole and streamed (needs python3-requests)',
  async () => {
    const { stdout } = await run(python, [prepare('chat.py')])
    const [answer, used, ...streamed] = stdout.trimEnd().split('\n')
    expect(answer).toMatch(/sandbox/i)
    expect(used).toMatch(/^Tokens used: \d+$/)
    expect(streamed.join('\n')).toMatch(/sandbox/i)
  },
)

test.skipIf(!hasPython)('the short Python program runs as printed (needs python3-requests)', async () => {
  expect((await run(python, [prepare('test.py')])).stdout).toMatch(/sandbox/i)
})

test('the Node program runs as printed, whole and streamed', async () => {
  const { stdout } = await run(process.execPath, [prepare('chat.mjs')])
  const [answer, used, ...streamed] = stdout.trimEnd().split('\n')
  expect(answer).toMatch(/sandbox/i)
  expect(used).toMatch(/^Tokens used: \d+$/)
  expect(streamed.join('\n')).toMatch(/sandbox/i)
})

test.skipIf(!hasJava)('the Java program runs as printed (needs a JDK and libgoogle-gson-java)', async () => {
  const { stdout } = await run('java', ['-cp', GSON, prepare('ChatExample.java')])
  expect(stdout).toMatch(/sandbox[^]*Tokens used: \d+/i)
})

test.skipIf(!hasJava)(
  'a streaming Java program reads to [DONE] (needs a JDK and libgoogle-gson-java)',
  async () => {
    expect((await run('java', ['-cp', GSON, prepare('StreamExample.java')])).stdout).toMatch(/sandbox/i)
  },
)
