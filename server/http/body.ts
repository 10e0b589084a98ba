import type { IncomingMessage } from 'node:http'
import { BODY_MEGABYTES_MAX } from '../relay/body.ts'
import { bodyTooLarge, notJson, requestTimeout } from '../relay/relay.errors.ts'

const MEGABYTE = 1024 * 1024

export interface BodyTiming {
  /** Between two pieces of a body, in milliseconds. */
  slow: number
  /** For all of it. */
  total: number
}

const BODY_TIMING: BodyTiming = { slow: 20_000, total: 300_000 }

/** Reads a JSON body as it is. Errors: unsupported_media_type, body_too_large, request_timeout. */
export async function readJsonBody(request: IncomingMessage, timing = BODY_TIMING): Promise<Buffer> {
  const { headers } = request
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  // Some tools send no type at all; what they send is JSON nevertheless, or is refused as broken.
  if (type && !/^application\/([\w.-]+\+)?json$/.test(type)) throw notJson()
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw notJson()
  const length = Number(headers['content-length'] ?? 0)
  if (length > BODY_MEGABYTES_MAX * MEGABYTE) throw tooLarge(request)
  // Most bodies came in one packet with their head: there is nothing to wait for.
  if (length > 0 && request.readableLength === length) return request.read(length) as Buffer
  return collect(request, timing)
}

/** Not by iterating: that would take the connection down together with a body that is late. */
function collect(request: IncomingMessage, timing: BodyTiming): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    const late = () => end(() => reject(requestTimeout()))
    const slow = setTimeout(late, timing.slow)
    const endless = setTimeout(late, timing.total)
    const end = (settle: () => void) => {
      clearTimeout(slow)
      clearTimeout(endless)
      request.off('data', onData).off('end', onEnd).off('error', onBreak).off('close', onBreak)
      settle()
    }
    const onData = (chunk: Buffer) => {
      slow.refresh()
      parts.push(chunk)
      size += chunk.length
      if (size > BODY_MEGABYTES_MAX * MEGABYTE) end(() => reject(tooLarge(request)))
    }
    const onEnd = () => end(() => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)))
    const onBreak = () => end(() => reject(requestTimeout()))
    request.on('data', onData).on('end', onEnd).on('error', onBreak).on('close', onBreak)
  })
}

/** The rest is thrown away as it comes, so that the caller is still there to read the refusal. */
function tooLarge(request: IncomingMessage) {
  request.resume()
  return bodyTooLarge(BODY_MEGABYTES_MAX)
}
