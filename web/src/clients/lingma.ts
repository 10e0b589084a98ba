import { type Client, setUpOf } from './client.ts'
import { keyOrPlaceholder } from './places.ts'
import { json } from './quoting.ts'

/** No source was found that says whether it takes an endpoint of one's own; its page says so. */
export const lingma: Client = {
  id: 'lingma',
  name: 'Lingma',
  kind: 'editor',
  door: 'chat_completions',
  homepage: 'https://lingma.aliyun.com',
  verified: 'documented',
  longPrompts: true,
  setUp: (input) =>
    setUpOf({
      steps: ['look', 'fill', 'other'],
      files: [
        {
          id: 'config',
          path: 'lingma_config.json',
          language: 'json',
          text: json({ apiKey: keyOrPlaceholder(input), baseUrl: input.baseUrl, model: input.model }),
        },
      ],
      notes: ['unverified'],
    }),
}
