import { type Client, setUpOf } from './client.ts'
import { command, environment, home, KEY_VARIABLE, PROVIDER_ID } from './places.ts'
import { json } from './quoting.ts'

/** Stands between Claude Code and chat completions; wants the full address of the route. */
export const claudeCodeRouter: Client = {
  id: 'claude-code-router',
  name: 'Claude Code Router',
  kind: 'agent',
  door: 'chat_completions',
  homepage: 'https://github.com/musistudio/claude-code-router',
  verified: { version: '2.0.0', date: '2026-11' },
  longPrompts: true,
  install: 'npm install -g @anthropic-ai/claude-code @musistudio/claude-code-router@2.0.0',
  setUp(input) {
    const { baseUrl, model, key, os } = input
    const config = {
      Providers: [
        {
          name: PROVIDER_ID,
          api_base_url: `${baseUrl}/chat/completions`,
          api_key: key ?? `$${KEY_VARIABLE}`,
          models: [model],
        },
      ],
      Router: { default: `${PROVIDER_ID},${model}` },
    }
    return setUpOf({
      steps: key === undefined ? ['config', 'variable', 'start', 'code'] : ['config', 'start', 'code'],
      files: [
        {
          id: 'config',
          path: home(os, '.claude-code-router/config.json'),
          language: 'json',
          text: json(config),
        },
        ...(key === undefined ? [environment(input)] : []),
      ],
      commands: [command(os, 'start', 'ccr start'), command(os, 'check', 'ccr code')],
      notes: ['url', 'version', 'errors', 'messages'],
    })
  },
}
