import { type Client, setUpOf } from './client.ts'
import { command, environment, home, withoutVersion } from './places.ts'
import { json } from './quoting.ts'

/** Speaks Messages only, and appends `/v1/messages` by itself. */
export const claudeCode: Client = {
  id: 'claude-code',
  name: 'Claude Code',
  kind: 'agent',
  door: 'messages',
  homepage: 'https://code.claude.com',
  verified: { version: '2.1.330', date: '2026-11' },
  longPrompts: true,
  install: 'npm install -g @anthropic-ai/claude-code',
  setUp(input) {
    const { baseUrl, model, key, os } = input
    const settings = {
      env: {
        ANTHROPIC_BASE_URL: withoutVersion(baseUrl),
        ...(key !== undefined && { ANTHROPIC_AUTH_TOKEN: key }),
        ANTHROPIC_MODEL: model,
        ANTHROPIC_DEFAULT_SONNET_MODEL: model,
        ANTHROPIC_DEFAULT_OPUS_MODEL: model,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      },
    }
    return setUpOf({
      steps: key === undefined ? ['settings', 'variable', 'start'] : ['settings', 'start'],
      files: [
        { id: 'settings', path: home(os, '.claude/settings.json'), language: 'json', text: json(settings) },
        ...(key === undefined ? [environment(input, 'ANTHROPIC_AUTH_TOKEN')] : []),
      ],
      commands: [command(os, 'check', 'claude -p "Say hello"')],
      notes: ['base', 'token', 'precedence', 'project', 'traffic', 'retries'],
    })
  },
}
