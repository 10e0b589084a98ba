import { type Client, type SetUpInput, setUpOf } from './client.ts'
import { keyOrPlaceholder, PROVIDER_ID } from './places.ts'
import { base64, json } from './quoting.ts'

export const cherryStudio: Client = {
  id: 'cherry-studio',
  name: 'Cherry Studio',
  kind: 'desktop',
  door: 'chat_completions',
  homepage: 'https://www.cherry-ai.com',
  verified: 'documented',
  longPrompts: false,
  setUp: (input) =>
    setUpOf({
      steps: ['settings', 'add', 'fill', 'check'],
      fields: [
        { label: 'API Host', value: input.baseUrl },
        { label: 'API Key', value: keyOrPlaceholder(input) },
        { label: 'Model ID', value: input.model },
      ],
      files: [{ id: 'provider', language: 'json', text: json(providerOf(input)) }],
      notes: ['host', 'version', 'fetch'],
      links: input.key === undefined ? [] : [{ app: 'Cherry Studio', url: () => linkOf(input) }],
    }),
}

const providerOf = (input: SetUpInput) => ({
  id: PROVIDER_ID,
  name: input.siteName,
  type: 'openai',
  baseUrl: input.baseUrl,
  apiKey: keyOrPlaceholder(input),
})

/**
 * The app turns every `'` of the decoded text into `"` and deletes parentheses before it reads it as JSON:
 * these three travel as escapes. It takes plain base64, not the one for URLs.
 */
function linkOf(input: SetUpInput): string {
  const text = JSON.stringify(providerOf(input)).replace(
    /['()]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  )
  return `cherrystudio://providers/api-keys?v=1&data=${encodeURIComponent(base64(text))}`
}
