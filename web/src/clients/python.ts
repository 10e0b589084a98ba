import { type Client, type SetUpInput, setUpOf } from './client.ts'
import { command, environment, KEY_VARIABLE } from './places.ts'
import { literal } from './quoting.ts'

export const python: Client = {
  id: 'python',
  name: 'Python',
  kind: 'code',
  door: 'chat_completions',
  homepage: 'https://www.python.org',
  verified: { version: 'requests 2.34.2, openai 3.57.0', date: '2026-11' },
  longPrompts: false,
  install: 'pip install requests openai',
  setUp: (input) =>
    setUpOf({
      steps: input.key === undefined ? ['variable', 'save', 'run'] : ['save', 'run'],
      files: [
        ...(input.key === undefined ? [environment(input)] : []),
        { id: 'requests', path: 'chat.py', language: 'python', text: withRequests(input) },
        { id: 'openai', path: 'chat_openai.py', language: 'python', text: withOpenAi(input) },
      ],
      commands: [command(input.os, 'check', 'python3 chat.py')],
      notes: ['timeout', 'retries'],
    }),
}

const keyOf = ({ key }: SetUpInput) => (key === undefined ? `os.environ["${KEY_VARIABLE}"]` : literal(key))

const withRequests = (input: SetUpInput) => `${input.key === undefined ? 'import os\n\n' : ''}import requests

response = requests.post(
    ${literal(`${input.baseUrl}/chat/completions`)},
    headers={"Authorization": "Bearer " + ${keyOf(input)}},
    json={
        "model": ${literal(input.model)},
        "messages": [{"role": "user", "content": "Hello"}],
    },
    timeout=300,
)
answer = response.json()
if "error" in answer:
    raise SystemExit(answer["error"]["message"])
print(answer["choices"][0]["message"]["content"])
print("Tokens used:", answer["usage"]["total_tokens"])
`

const withOpenAi = (
  input: SetUpInput,
) => `${input.key === undefined ? 'import os\n\n' : ''}from openai import OpenAI

client = OpenAI(base_url=${literal(input.baseUrl)}, api_key=${keyOf(input)})
stream = client.chat.completions.create(
    model=${literal(input.model)},
    messages=[{"role": "user", "content": "Hello"}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
`
