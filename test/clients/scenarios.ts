import { join } from 'node:path'
import type { Agent } from './agents.ts'
import type { Outcome, Terminal } from './terminal.ts'
import type { World } from './world.ts'

export interface Scenario {
  id: string
  key(world: World): Promise<string> | string
  prompt(agent: Agent, terminal: Terminal): string
  /** The word for the table; undefined: it failed. */
  read(outcome: Outcome, terminal: Terminal): string | undefined
}

export interface Verdict {
  passed: boolean
  /** For the table. */
  word: string
  /** For the one who looks into a failure. */
  told: string
}

const FILE = 'hello.txt'
const TEXT = 'hi'
const SAID = 'This is the PingToken sandbox'

/** A refusal is told in our words or the agent's own, or at least by the exit code; waiting for ever is not telling. */
const refusal =
  (ours: RegExp, theirs: RegExp): Scenario['read'] =>
  ({ code, output }) => {
    if (code === null) return undefined
    if (ours.test(output)) return 'ours'
    if (theirs.test(output)) return 'own words'
    return code === 0 ? undefined : `exit ${code}`
  }

const hello = () => 'Say hello'

export const scenarios: Scenario[] = [
  {
    id: 'hello',
    key: ({ good }) => good,
    prompt: hello,
    read: ({ code, output }) => (code === 0 && output.includes(SAID) ? 'ok' : undefined),
  },
  {
    id: 'tool',
    key: ({ good }) => good,
    prompt(agent, { project }) {
      const { name, input } = agent.tool(join(project, FILE), TEXT)
      return `Create ${FILE}: use the tool ${name} with ${JSON.stringify(input)}`
    },
    read: ({ code, output }, terminal) =>
      code === 0 && terminal.read(FILE)?.trimEnd() === TEXT && output.includes('The sandbox called the tool')
        ? 'ok'
        : undefined,
  },
  {
    id: '401',
    key: ({ bad }) => bad,
    prompt: hello,
    read: refusal(/not an API token of ours|API token is not known/, /401|unauthori[sz]ed|authentication/i),
  },
  {
    id: '402',
    key: ({ empty }) => empty,
    prompt: hello,
    read: refusal(/Top up/i, /402|credits|billing/i),
  },
  {
    id: '429',
    key: (world) => world.limited(),
    prompt: hello,
    read(outcome, terminal) {
      // Whoever waits until the minute is over has understood as well.
      if (outcome.code === 0 && outcome.output.includes(SAID)) return 'waited'
      return refusal(/may make 1 requests a minute/, /429|rate limit/i)(outcome, terminal)
    },
  },
]

export async function judge(
  agent: Agent,
  { scenario, world, terminal }: { scenario: Scenario; world: World; terminal: Terminal },
): Promise<Verdict> {
  const setUp = agent.setUp(world.baseUrl, await scenario.key(world))
  terminal.follow(setUp)
  for (const line of agent.prepare?.(setUp) ?? []) await terminal.run(line, agent.env)
  const outcome = await terminal.run(agent.line(setUp, scenario.prompt(agent, terminal)), agent.env)
  const word = scenario.read(outcome, terminal)
  const told = `${outcome.seconds} s, ${outcome.code === null ? 'did not end' : `exit ${outcome.code}`}`
  const tail = outcome.output.trim().slice(-OUTPUT_MAX)
  return {
    passed: word !== undefined,
    word: word ?? 'FAILED',
    told: word ? `${word}, ${told}` : `${told}\n${tail}`,
  }
}

const OUTPUT_MAX = 3_000
