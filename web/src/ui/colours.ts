const COLOURS = 8

/** A model keeps its colour across pages: it is drawn from its name. */
export function colourOf(name: string): string {
  let hash = 0
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)!) >>> 0
  return `var(--chart-${(hash % COLOURS) + 1})`
}
