import { clientOf } from '../../web/src/clients/clients.ts'
import type { Client, SetUp } from '../../web/src/clients/client.ts'
import { shell } from '../../web/src/clients/quoting.ts'
import { MODEL } from './world.ts'

/** One agent: set up as the console shows it, then asked from the command line. */
export interface Agent {
  client: Client
  /** As test/clients/package.json knows it. */
  package: string
  setUp(baseUrl: string, key: string): SetUp
  /** Commands to be run once after the files are written. */
  prepare?(setUp: SetUp): string[]
  /** The console's own command, with another prompt, and allowed to write without asking. */
  line(setUp: SetUp, prompt: string): string
  /** Its tool that can make a file of this text, and what it takes. */
  tool(file: string, text: string): { name: string; input: object }
  /** Against telemetry, updates and waiting for a person. */
  env?: Record<string, string>
}

const agent = (id: string, parts: Omit<Agent, 'client' | 'setUp' | 'line'> & { flags?: string }): Agent => {
  const client = clientOf(id)!
  return {
    client,
    setUp: (baseUrl, key) => client.setUp({ siteName: 'PingToken', baseUrl, model: MODEL, key, os: 'linux' }),
    line(setUp, prompt) {
      const shown = command(setUp, 'check')
      const asked = shown.includes(SAID)
        ? shown.replace(SAID, () => shell(prompt))
        : `${shown} -p ${shell(prompt)}`
      return `${asked} ${parts.flags ?? ''}`
    },
    ...parts,
  }
}

/** The console's example; where it shows none, a person would type it into what opens. */
const SAID = '"Say hello"'

const command = ({ commands }: SetUp, id: string) => commands.find((one) => one.id === id)!.text.trim()

export const agents: Agent[] = [
  agent('claude-code', {
    package: '@anthropic-ai/claude-code',
    flags: '--allowedTools Write',
    tool: (file, text) => ({ name: 'Write', input: { file_path: file, content: text } }),
  }),
  agent('codex', {
    package: '@openai/codex',
    flags: '--dangerously-bypass-approvals-and-sandbox',
    tool: (file, text) => ({
      name: 'exec_command',
      input: { cmd: `printf %s ${shell(text)} > ${shell(file)}` },
    }),
  }),
  agent('qwen-code', {
    package: '@qwen-code/qwen-code',
    flags: '--yolo',
    tool: (file, text) => ({ name: 'write_file', input: { file_path: file, content: text } }),
    env: { QWEN_TELEMETRY_ENABLED: 'false' },
  }),
  agent('opencode', {
    package: 'opencode-ai',
    tool: (file, text) => ({ name: 'write', input: { filePath: file, content: text } }),
    env: { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' },
  }),
  agent('openclaw', {
    package: 'openclaw',
    tool: (file, text) => ({ name: 'write', input: { path: file, content: text } }),
  }),
  agent('claude-code-router', {
    package: '@musistudio/claude-code-router',
    flags: '--allowedTools Write',
    tool: (file, text) => ({ name: 'Write', input: { file_path: file, content: text } }),
  }),
  agent('cline', {
    package: 'cline',
    prepare: (setUp) => [command(setUp, 'auth')],
    tool: (file, text) => ({ name: 'editor', input: { path: file, new_text: text } }),
  }),
]
