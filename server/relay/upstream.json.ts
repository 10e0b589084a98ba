/**
 * What an upstream sent, as JSON. Its text is in no error: errors are logged, and the text may hold a customer's words.
 * Throws a SyntaxError when it is no object of JSON: the upstream broke.
 */
export function parseUpstream(text: string): Record<string, unknown> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser's message quotes the text.
  }
  if (typeof json !== 'object' || json === null) throw new SyntaxError('the upstream sent no JSON object')
  return json as Record<string, unknown>
}
