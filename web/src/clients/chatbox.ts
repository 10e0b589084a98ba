import { type Client, type SetUpInput, setUpOf } from './client.ts'
import { keyOrPlaceholder, PROVIDER_ID, siteOf } from './places.ts'
import { base64, json } from './quoting.ts'

export const chatbox: Client = {
  id: 'chatbox',
  name: 'Chatbox',
  kind: 'desktop',
  door: 'chat_completions',
  homepage: 'https://chatboxai.app',
  verified: 'documented',
  longPrompts: false,
  setUp(input) {
    const { host, path } = addressOf(input)
    return setUpOf({
      steps: ['settings', 'add', 'fill', 'model'],
      fields: [
        { label: 'API Host', value: host },
        { label: 'API Path', value: path },
        { label: 'API Key', value: keyOrPlaceholder(input) },
        { label: 'Model ID', value: input.model },
      ],
      files: [{ id: 'provider', language: 'json', text: json(providerOf(input)) }],
      notes: ['path', 'clipboard'],
      links:
        input.key === undefined
          ? []
          : [
              {
                app: 'Chatbox',
                url: () =>
                  `chatbox://provider/import?config=${encodeURIComponent(base64(JSON.stringify(providerOf(input))))}`,
              },
            ],
    })
  },
}

/** It joins host and path as they are. */
function addressOf({ baseUrl }: SetUpInput) {
  const host = siteOf(baseUrl)
  return { host, path: `${baseUrl.slice(host.length)}/chat/completions` }
}

function providerOf(input: SetUpInput) {
  const { host, path } = addressOf(input)
  return {
    id: PROVIDER_ID,
    name: input.siteName,
    type: 'openai',
    urls: { website: host },
    settings: {
      apiHost: host,
      apiPath: path,
      apiKey: keyOrPlaceholder(input),
      models: [{ modelId: input.model, nickname: input.model, type: 'chat', capabilities: [] }],
    },
  }
}
