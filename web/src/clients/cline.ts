import { type Client, setUpOf } from './client.ts'
import { command, keyOrPlaceholder, keyWord, word } from './places.ts'

/** The extension and the command-line program share one core; the program was run, the screens were not. */
export const cline: Client = {
  id: 'cline',
  name: 'Cline',
  kind: 'editor',
  door: 'chat_completions',
  homepage: 'https://cline.bot',
  verified: { version: 'CLI 3.0.65', date: '2026-11' },
  longPrompts: true,
  setUp(input) {
    const { baseUrl, model, os } = input
    const auth = `cline auth -p openai -k ${keyWord(input)} -m ${word(os, model)} -b ${word(os, baseUrl)}`
    return setUpOf({
      steps: ['settings', 'provider', 'fill', 'terminal'],
      fields: [
        { label: 'API Provider', value: 'OpenAI Compatible' },
        { label: 'Base URL', value: baseUrl },
        { label: 'API Key', value: keyOrPlaceholder(input) },
        { label: 'Model ID', value: model },
      ],
      commands: [
        command(os, 'auth', auth),
        command(os, 'check', `cline -P openai-compatible -m ${word(os, model)} "Say hello"`),
      ],
      notes: ['provider', 'screens', 'telemetry'],
    })
  },
}
