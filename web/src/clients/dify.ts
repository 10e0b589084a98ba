import { type Client, setUpOf } from './client.ts'
import { keyOrPlaceholder } from './places.ts'

export const dify: Client = {
  id: 'dify',
  name: 'Dify',
  kind: 'platform',
  door: 'chat_completions',
  homepage: 'https://dify.ai',
  verified: 'documented',
  longPrompts: false,
  setUp: (input) =>
    setUpOf({
      steps: ['plugin', 'add', 'fill', 'save'],
      fields: [
        { label: 'Model Type', value: 'LLM' },
        { label: 'Model Name', value: input.model },
        { label: 'API Key', value: keyOrPlaceholder(input) },
        { label: 'API endpoint URL', value: input.baseUrl },
        { label: 'Completion mode', value: 'Chat' },
      ],
      notes: ['ping', 'usage', 'local'],
    }),
}
