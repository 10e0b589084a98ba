import { type Client, setUpOf } from './client.ts'
import { command, environment, home, KEY_VARIABLE, PROVIDER_ID } from './places.ts'
import { toml } from './quoting.ts'

/** Speaks Responses only; reads the secret from the environment, never from its file. */
export const codex: Client = {
  id: 'codex',
  name: 'Codex CLI',
  kind: 'agent',
  door: 'responses',
  homepage: 'https://developers.openai.com/codex',
  verified: { version: '0.169.0', date: '2026-11' },
  longPrompts: true,
  install: 'npm install -g @openai/codex',
  setUp(input) {
    const { siteName, baseUrl, model, os } = input
    const config = `model = ${toml(model)}
model_provider = "${PROVIDER_ID}"

[model_providers.${PROVIDER_ID}]
name = ${toml(siteName)}
base_url = ${toml(baseUrl)}
env_key = "${KEY_VARIABLE}"
wire_api = "responses"
`
    return setUpOf({
      steps: ['config', 'variable', 'start'],
      files: [
        { id: 'config', path: home(os, '.codex/config.toml'), language: 'toml', text: config },
        environment(input),
      ],
      commands: [command(os, 'check', 'codex exec --skip-git-repo-check "Say hello"')],
      notes: ['wire', 'name', 'profiles', 'models', 'limit'],
    })
  },
}
