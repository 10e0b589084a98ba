/** Splits a byte stream of server-sent events, whatever its line ends, without decoding what nobody reads. */
export interface EventSplitter {
  /** The events that these bytes complete: their `data` as text; undefined for comments and other lines. */
  push(bytes: Buffer): (string | undefined)[]
  /** What a stream without a last blank line left behind. */
  end(): (string | undefined)[]
}

/** Larger than any event we know; a longer one is a fault, and would only fill the memory. */
export const EVENT_BYTES_MAX = 25 * 1024 * 1024

const LF = 10
const CR = 13

/** Throws a RangeError when an event grows past EVENT_BYTES_MAX. */
export function createEventSplitter(): EventSplitter {
  let parts: Buffer[] = []
  let size = 0
  /** Bytes of the current line so far; a blank one ends the event. */
  let lineLength = 0
  let afterCr = false

  function take(): string | undefined {
    const text = (parts.length === 1 ? parts[0]! : Buffer.concat(parts)).toString('utf8')
    parts = []
    size = 0
    return dataOf(text)
  }

  return {
    push(bytes) {
      const events: (string | undefined)[] = []
      let start = 0
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i]!
        const secondOfPair = byte === LF && afterCr
        afterCr = byte === CR
        if (secondOfPair) continue
        if (byte !== LF && byte !== CR) {
          lineLength += 1
          continue
        }
        const blank = lineLength === 0
        lineLength = 0
        if (!blank) continue
        keep(bytes.subarray(start, i + 1))
        start = i + 1
        events.push(take())
      }
      keep(bytes.subarray(start))
      return events.filter((event) => event !== '')
    },
    end() {
      return size > 0 ? [take()].filter((event) => event !== '') : []
    },
  }

  function keep(bytes: Buffer) {
    if (bytes.length === 0) return
    size += bytes.length
    if (size > EVENT_BYTES_MAX) throw new RangeError('an event of the upstream is too large')
    parts.push(bytes)
  }
}

/** The joined `data:` lines; undefined for a comment; '' for nothing but blank lines. */
function dataOf(event: string): string | undefined {
  // The usual case: one line.
  const lines = event.split(/\r\n|\n|\r/)
  const data: string[] = []
  let blank = true
  for (const line of lines) {
    if (line === '') continue
    blank = false
    if (line.startsWith('data:')) data.push(line.startsWith('data: ') ? line.slice(6) : line.slice(5))
  }
  if (data.length > 0) return data.join('\n')
  return blank ? '' : undefined
}
