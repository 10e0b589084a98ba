import { type Client, setUpOf } from './client.ts'
import { command, environment, home, KEY_VARIABLE, keyWord, PROVIDER_ID, word } from './places.ts'
import { json } from './quoting.ts'

export const openClaw: Client = {
  id: 'openclaw',
  name: 'OpenClaw',
  kind: 'agent',
  door: 'chat_completions',
  homepage: 'https://docs.openclaw.ai',
  verified: { version: '2026.9.6', date: '2026-11' },
  longPrompts: true,
  install: 'npm install -g openclaw',
  setUp(input) {
    const { baseUrl, model, key, os } = input
    const config = {
      models: {
        mode: 'merge',
        providers: {
          [PROVIDER_ID]: {
            baseUrl,
            apiKey: key ?? `\${${KEY_VARIABLE}}`,
            api: 'openai-completions',
            models: [{ id: model, name: model }],
          },
        },
      },
      agents: { defaults: { model: { primary: `${PROVIDER_ID}/${model}` } } },
    }
    const onboard = [
      'openclaw onboard --non-interactive --accept-risk --auth-choice custom-api-key',
      `--custom-base-url ${word(os, baseUrl)}`,
      `--custom-model-id ${word(os, model)}`,
      `--custom-api-key ${keyWord(input)}`,
      '--custom-compatibility openai',
    ].join(os === 'windows' ? ' `\n  ' : ' \\\n  ')
    return setUpOf({
      steps: key === undefined ? ['variable', 'onboard', 'config', 'start'] : ['onboard', 'config', 'start'],
      commands: [command(os, 'onboard', onboard), command(os, 'check', 'openclaw agent exec "Say hello"')],
      files: [
        { id: 'config', path: home(os, '.openclaw/openclaw.json'), language: 'json', text: json(config) },
        ...(key === undefined ? [environment(input)] : []),
      ],
      notes: ['node', 'merge', 'errors', 'protocols'],
    })
  },
}
