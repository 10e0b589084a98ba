import { type Client, setUpOf } from './client.ts'
import { keyOrPlaceholder } from './places.ts'

export const cursor: Client = {
  id: 'cursor',
  name: 'Cursor',
  kind: 'editor',
  door: 'chat_completions',
  homepage: 'https://cursor.com',
  verified: 'documented',
  longPrompts: true,
  setUp: (input) =>
    setUpOf({
      steps: ['settings', 'key', 'url', 'model'],
      fields: [
        { label: 'OpenAI API Key', value: keyOrPlaceholder(input) },
        { label: 'Override OpenAI Base URL', value: input.baseUrl },
        { label: 'Add model', value: input.model },
      ],
      notes: ['servers', 'names', 'one'],
    }),
}
