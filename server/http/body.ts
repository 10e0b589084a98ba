import type { IncomingMessage } from 'node:http'
import { bodyTooLarge, notJson, requestTimeout } from '../relay/relay.errors.ts'

const MEGABYTE = 1024 * 1024
const BODY_MEGABYTES_MAX = 10
/** Between two pieces of a body. */
const SLOW_MS = 20_000

/** Reads a JSON body as it is. Errors: unsupported_media_type, body_too_large, request_timeout. */
export async function readJsonBody(request: IncomingMessage): Promise<Buffer> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  // Some tools send no type at all; what they send is JSON nevertheless, or is refused as broken.
  if (type && !/^application\/([\w.-]+\+)?json$/.test(type)) throw notJson()
  if (Number(request.headers['content-length'] ?? 0) > BODY_MEGABYTES_MAX * MEGABYTE) throw tooLarge(request)

  const parts: Buffer[] = []
  let size = 0
  const slow = setTimeout(() => request.destroy(requestTimeout()), SLOW_MS)
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      slow.refresh()
      size += chunk.length
      if (size > BODY_MEGABYTES_MAX * MEGABYTE) throw tooLarge(request)
      parts.push(chunk)
    }
  } finally {
    clearTimeout(slow)
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

/** The rest is thrown away as it comes, so that the caller is still there to read the refusal. */
function tooLarge(request: IncomingMessage) {
  request.resume()
  return bodyTooLarge(BODY_MEGABYTES_MAX)
}
