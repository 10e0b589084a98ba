/** What vue-i18n hands a message: the values to put in, and the choice among cases by a number. */
interface Context {
  named(name: string): unknown
  interpolate(value: unknown): string
  plural(cases: string[]): string | undefined
}
type Message = ((context: Context) => string) & { source?: string }

const BAR = / ?\| /
const compiled = new Map<string, Message>()

/**
 * All that our texts use of a message's grammar: `{name}`, and cases between bars. It stands in for a compiler of
 * five kilobytes, which every page would have to load first.
 */
export function compileMessage(source: string): Message {
  let message = compiled.get(source)
  if (message) return message
  const cases = source.split(BAR).map((one) => one.split(/\{(\w+)\}/))
  message = Object.assign(
    (context: Context) => {
      const texts = cases.map((pieces) =>
        pieces.map((piece, i) => (i % 2 === 1 ? context.interpolate(context.named(piece)) : piece)).join(''),
      )
      return (texts.length > 1 ? context.plural(texts) : texts[0]) ?? ''
    },
    { source },
  )
  compiled.set(source, message)
  return message
}
