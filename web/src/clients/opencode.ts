import { type Client, setUpOf } from './client.ts'
import { command, environment, home, KEY_VARIABLE, PROVIDER_ID } from './places.ts'
import { json } from './quoting.ts'

export const openCode: Client = {
  id: 'opencode',
  name: 'OpenCode',
  kind: 'agent',
  door: 'chat_completions',
  homepage: 'https://opencode.ai',
  verified: { version: '1.18.33', date: '2026-11' },
  longPrompts: true,
  install: 'npm install -g opencode-ai',
  setUp(input) {
    const { siteName, baseUrl, model, key, os } = input
    const config = {
      $schema: 'https://opencode.ai/config.json',
      provider: {
        [PROVIDER_ID]: {
          npm: '@ai-sdk/openai-compatible',
          name: siteName,
          options: { baseURL: baseUrl, apiKey: key ?? '' },
          models: { [model]: { name: model } },
        },
      },
      model: `${PROVIDER_ID}/${model}`,
      small_model: `${PROVIDER_ID}/${model}`,
    }
    return setUpOf({
      steps: key === undefined ? ['config', 'variable', 'start'] : ['config', 'start'],
      files: [
        {
          id: 'config',
          path: home(os, '.config/opencode/opencode.json'),
          language: 'json',
          text: withVariable(json(config), key),
        },
        ...(key === undefined ? [environment(input)] : []),
      ],
      commands: [command(os, 'check', 'opencode run "Say hello"')],
      notes: ['title', 'package', 'retries'],
    })
  },
}

/**
 * `{env:NAME}` and `{file:…}` are replaced in the text of the file, before it is read as JSON: no name may
 * look like one, except the one meant.
 */
function withVariable(text: string, key: string | undefined): string {
  const inert = text.replace(/\{(env|file):/g, '\\u007b$1:')
  return key === undefined ? inert.replace('"apiKey": ""', `"apiKey": "{env:${KEY_VARIABLE}}"`) : inert
}
