import { type Client, setUpOf } from './client.ts'
import { home, keyOrPlaceholder, PROVIDER_ID } from './places.ts'
import { json } from './quoting.ts'

/** Its program asks for an account of its own before anything else, so it could not be run; the shape is its settings' schema. */
export const qoder: Client = {
  id: 'qoder',
  name: 'Qoder',
  kind: 'agent',
  door: 'chat_completions',
  homepage: 'https://qoder.com',
  verified: 'documented',
  longPrompts: true,
  install: 'npm install -g @qoder-ai/qodercli',
  setUp(input) {
    const provider = {
      type: 'openai-compatible',
      protocol: 'openai',
      baseUrl: input.baseUrl,
      apiKey: keyOrPlaceholder(input),
      authType: 'bearer',
      models: [{ model: input.model }],
    }
    return setUpOf({
      steps: ['account', 'wizard', 'settings'],
      files: [
        {
          id: 'settings',
          path: home(input.os, '.qoder/settings.json'),
          language: 'json',
          text: json({ providers: { [PROVIDER_ID]: provider } }),
        },
      ],
      notes: ['unverified', 'catalogue'],
    })
  },
}
