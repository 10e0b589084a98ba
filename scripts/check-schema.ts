// `tsx scripts/check-schema.ts FILES`: writes the generated files anew and fails when one differs from what
// was there: the committed contract is what the code says.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const files = process.argv.slice(2)
const read = () => files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : ''))

const before = read()
const { status } = spawnSync('npm', ['run', '--silent', 'schema'], { stdio: 'inherit' })
const after = read()
const stale = files.filter((_, i) => before[i] !== after[i])
for (const file of stale)
  console.error(`${file} was not current; it is now: look at the difference and commit it.`)
process.exitCode = status === 0 && stale.length === 0 ? 0 : 1
