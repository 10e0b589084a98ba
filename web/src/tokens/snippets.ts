export const EXAMPLE_MODEL = 'deepseek-v4-pro'

/** A first request, ready to be pasted into a shell. */
export const curlExample = (
  baseUrl: string,
  key: string,
  model = EXAMPLE_MODEL,
) => `curl ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`
