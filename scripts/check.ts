// `npm run check` (and `npm test`): everything that must pass, in the order in which a fault is cheapest to
// find. The last line counts: every test, and every other step as one.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'pingtoken-check-'))
const report = join(folder, 'report.json')
const schema = ['schema/schema.graphql', 'schema/openapi.yaml', 'web/src/graphql/graphql-env.d.ts']

const steps: [name: string, command: string, ...args: string[]][] = [
  ['types of the server', 'tsc', '--noEmit'],
  ['types of the browser tests', 'tsc', '--noEmit', '-p', 'test/console'],
  ['types of the console', 'vue-tsc', '--noEmit', '-p', 'web'],
  ['lint', 'eslint', '.'],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['schema is current', 'tsx', 'scripts/check-schema.ts', ...schema],
  ['build', 'tsx', 'scripts/build.ts'],
  ['tests', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
]

interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  numFailedTestSuites: number
  testResults: { assertionResults: { status: string; fullName: string }[] }[]
}

let passed = 0
const failed: string[] = []
for (const [name, command, ...args] of steps) {
  console.log(`\n── ${name}`)
  const code = await run(command, args)
  if (name === 'tests') continue
  if (code === 0) passed += 1
  else failed.push(name)
}

const skipped = existsSync(report)
  ? countTests(JSON.parse(readFileSync(report, 'utf8')) as Report)
  : noReport()
rmSync(folder, { recursive: true, force: true })

// Where everything can be installed, nothing may be left out.
if (process.env.CI && skipped.length > 0) failed.push(...skipped.map((name) => `skipped in CI: ${name}`))
console.log('')
for (const name of skipped) console.log(`skipped: ${name}`)
for (const name of failed) console.log(`failed: ${name}`)
console.log(
  `${passed} passed, ${failed.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
)
process.exitCode = failed.length > 0 ? 1 : 0

function countTests(tests: Report): string[] {
  passed += tests.numPassedTests
  const results = tests.testResults.flatMap(({ assertionResults }) => assertionResults)
  failed.push(...results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName))
  // A file that cannot even be loaded has no tests to fail.
  if (failed.length === 0 && tests.numFailedTestSuites > 0)
    failed.push(`${tests.numFailedTestSuites} test file(s)`)
  return results
    .filter(({ status }) => ['pending', 'skipped', 'todo', 'disabled'].includes(status))
    .map(({ fullName }) => fullName)
}

function noReport(): string[] {
  failed.push('tests (the runner ended without a report)')
  return []
}

function run(command: string, args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child: ChildProcess = spawn(join('node_modules', '.bin', command), args, { stdio: 'inherit' })
    child.once('error', (error) => {
      console.error(error.message)
      resolve(1)
    })
    child.once('close', (code) => resolve(code ?? 1))
  })
}
