const COLOURS = 8
const taken = new Map<string, number>()

/** What is not drawn on its own. */
export const OTHER = 'other'

/**
 * A model keeps its colour across pages: it is drawn from its name, and moves on to the next free one
 * only when another model has it already.
 */
export function colourOf(name: string): string {
  if (name === OTHER) return 'var(--fg-subtle)'
  const known = taken.get(name)
  if (known !== undefined) return `var(--chart-${known + 1})`
  let colour = hashOf(name) % COLOURS
  const used = new Set(taken.values())
  for (let i = 0; i < COLOURS && used.has(colour); i++) colour = (colour + 1) % COLOURS
  taken.set(name, colour)
  return `var(--chart-${colour + 1})`
}

function hashOf(name: string): number {
  let hash = 0
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)!) >>> 0
  return hash
}
