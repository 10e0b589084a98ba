/** A first request, ready to be pasted into a shell. */
export const curlExample = (
  baseUrl: string,
  key: string,
  model = 'deepseek-v4-pro',
) => `curl ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`
