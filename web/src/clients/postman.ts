import { type Client, type SetUpInput, setUpOf } from './client.ts'
import { KEY_PLACEHOLDER } from './places.ts'
import { json } from './quoting.ts'

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

export const postman: Client = {
  id: 'postman',
  name: 'Postman',
  kind: 'platform',
  door: 'chat_completions',
  homepage: 'https://www.postman.com',
  verified: 'documented',
  longPrompts: false,
  setUp: (input) =>
    setUpOf({
      steps: ['import', 'variables', 'send', 'byHand'],
      files: [
        {
          id: 'collection',
          path: 'pingtoken.postman_collection.json',
          language: 'json',
          text: json(collectionOf(input)),
        },
      ],
      notes: ['variable', 'share'],
    }),
}

function collectionOf({ siteName, baseUrl, model, key }: SetUpInput) {
  return {
    info: { name: siteName, schema: SCHEMA },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{apiKey}}', type: 'string' }] },
    variable: [
      { key: 'baseUrl', value: baseUrl, type: 'string' },
      { key: 'apiKey', value: key ?? KEY_PLACEHOLDER, type: 'string' },
      { key: 'model', value: model, type: 'string' },
    ],
    item: [
      request('Chat completion', 'chat/completions', { model: '{{model}}', messages: hello }),
      request('Chat completion, streamed', 'chat/completions', {
        model: '{{model}}',
        messages: hello,
        stream: true,
        stream_options: { include_usage: true },
      }),
      request('Messages (Anthropic)', 'messages', { model: '{{model}}', max_tokens: 256, messages: hello }),
      request('Responses (OpenAI)', 'responses', { model: '{{model}}', input: 'Hello' }),
      request('Models', 'models'),
      request('This API token', 'key'),
      request('Balance', 'credits'),
    ],
  }
}

const hello = [{ role: 'user', content: 'Hello' }]

const request = (name: string, path: string, body?: object) => ({
  name,
  request: {
    method: body ? 'POST' : 'GET',
    header: body ? [{ key: 'Content-Type', value: 'application/json' }] : [],
    url: { raw: `{{baseUrl}}/${path}`, host: ['{{baseUrl}}'], path: path.split('/') },
    ...(body && {
      body: {
        mode: 'raw',
        raw: JSON.stringify(body, null, 2),
        options: { raw: { language: 'json' } },
      },
    }),
  },
})
