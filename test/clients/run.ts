import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Agent, agents } from './agents.ts'
import { judge, scenarios, type Verdict } from './scenarios.ts'
import { openTerminal } from './terminal.ts'
import { openWorld, type World } from './world.ts'

/**
 * `npm run test:clients [-- ID …]`: the real coding agents, each in an empty home, against the built server and its
 * sandbox. Needs the network once, for installing them; nothing leaves this machine afterwards.
 */
const here = import.meta.dirname

function install() {
  const marker = join(here, 'node_modules', '.installed')
  const wanted = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .digest('hex')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return
  console.log('Installing the agents (2.4 GB) …')
  // Not `npm ci`: it refuses a lock without the programs for other systems, which not every registry has.
  npm('install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error')
  // These two only put the program that was installed beside them into its place.
  npm('rebuild', '@anthropic-ai/claude-code', 'opencode-ai', '--loglevel=error')
  writeFileSync(marker, wanted)
}

function npm(...args: string[]) {
  const { status } = spawnSync('npm', args, { cwd: here, stdio: 'inherit' })
  if (status !== 0) throw new Error(`npm ${args[0]} ended with ${status}`)
}

const versionOf = (agent: Agent): string =>
  JSON.parse(readFileSync(join(here, 'node_modules', agent.package, 'package.json'), 'utf8')).version

async function check(agent: Agent, world: World): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const scenario of scenarios) {
    const terminal = openTerminal()
    try {
      verdicts.push(await judge(agent, { scenario, world, terminal }))
    } finally {
      await terminal.close()
    }
    const { passed, told } = verdicts.at(-1)!
    console.log(`  ${passed ? 'ok    ' : 'FAILED'} ${agent.client.id} ${scenario.id}: ${told}`)
  }
  return verdicts
}

install()
const wanted = process.argv.slice(2)
const world = await openWorld()
const rows: string[][] = [['client', 'version', ...scenarios.map(({ id }) => id)]]
const all: Verdict[] = []
try {
  for (const agent of agents.filter(({ client }) => wanted.length === 0 || wanted.includes(client.id))) {
    const verdicts = await check(agent, world)
    all.push(...verdicts)
    rows.push([agent.client.id, versionOf(agent), ...verdicts.map(({ word }) => word)])
  }
} finally {
  await world.stop()
}

const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
console.log()
for (const row of rows) console.log(row.map((cell, i) => cell.padEnd(widths[i]!)).join('  '))
const passed = all.filter((one) => one.passed).length
console.log(`\n${passed} passed, ${all.length - passed} failed`)
process.exitCode = passed === all.length ? 0 : 1
