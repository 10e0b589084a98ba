import type { Sink } from '../sink.ts'
import type { Json } from './json.ts'

/** Turns what chat completions answers into another format, event by event. Pure: no clock, no I/O. */
export interface AnswerTranslator {
  /** A whole answer. */
  whole(completion: Json): Json
  /** One event of a stream as text in the other format; `undefined` is the end of the stream. */
  event(chunk: Json | undefined): string
  /** The upstream or we broke off. */
  failure(error: Json): string
  /** What keeps a silent connection alive. */
  readonly ping: string
}

/** Writes through to `sink` in the translator's format; the relay goes on speaking chat completions. */
export function translatingSink(sink: Sink, translatorOf: () => AnswerTranslator): Sink {
  let streaming = false
  const translate = (text: string) =>
    text
      .split('\n\n')
      .filter((event) => event.startsWith('data: '))
      .map((event) => translateEvent(translatorOf(), event.slice('data: '.length)))
      .join('')

  return {
    gone: sink.gone,
    get started() {
      return sink.started
    },
    start(status, headers) {
      streaming = headers['content-type']?.startsWith('text/event-stream') ?? false
      // The other format's text has another length.
      const { 'content-length': _, ...rest } = headers
      sink.start(status, rest)
    },
    write(text) {
      const translated = translate(text)
      if (translated) return sink.write(translated)
    },
    keepAlive: (silenceMs) => sink.keepAlive(silenceMs, translatorOf().ping),
    end(text = '') {
      sink.end(streaming ? translate(text) : JSON.stringify(translatorOf().whole(JSON.parse(text) as Json)))
    },
    cut: () => sink.cut(),
  }
}

function translateEvent(translator: AnswerTranslator, data: string): string {
  if (data === '[DONE]') return translator.event(undefined)
  const chunk = JSON.parse(data) as Json
  return chunk.error ? translator.failure(chunk.error as Json) : translator.event(chunk)
}
