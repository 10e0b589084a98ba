/**
 * What may stand at the top of an upstream's answer, or of an event of it: the format's own fields, and what a provider
 * looked up for the answer. All else it says for itself: ids of its requests, names and addresses of its machines.
 */
const KNOWN = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'system_fingerprint',
  'service_tier',
  'citations',
  'references',
  'search_info',
  'search_results',
  'web_search',
])

/** Takes out what is the provider's own; answers whether there was any. */
export function dropForeign(answer: Record<string, unknown>): boolean {
  let dropped = false
  for (const field in answer) if (!KNOWN.has(field)) dropped = delete answer[field]
  return dropped
}
