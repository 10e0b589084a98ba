import { type Client, setUpOf } from './client.ts'
import { command, environment, home, KEY_VARIABLE } from './places.ts'
import { json } from './quoting.ts'

/** What it does not understand in its settings it skips without a word: hence the bare array and the built-in name. */
export const qwenCode: Client = {
  id: 'qwen-code',
  name: 'Qwen Code',
  kind: 'agent',
  door: 'chat_completions',
  homepage: 'https://qwenlm.github.io/qwen-code-docs/',
  verified: { version: '0.24.4', date: '2026-11' },
  longPrompts: true,
  install: 'npm install -g @qwen-code/qwen-code',
  setUp(input) {
    const { siteName, baseUrl, model, os } = input
    const settings = {
      security: { auth: { selectedType: 'openai' } },
      modelProviders: {
        openai: [{ id: model, name: `${model} (${siteName})`, baseUrl, envKey: KEY_VARIABLE }],
      },
      model: { name: model },
    }
    return setUpOf({
      steps: ['settings', 'variable', 'start'],
      files: [
        { id: 'settings', path: home(os, '.qwen/settings.json'), language: 'json', text: json(settings) },
        environment(input),
      ],
      commands: [command(os, 'check', 'qwen -p "Say hello"')],
      notes: ['array', 'provider', 'memory', 'limit'],
    })
  },
}
