export const GROUPS = ['request', 'actions', 'pages', 'tokens', 'models', 'docs'] as const
export type Group = (typeof GROUPS)[number]

/** Something that can be gone to or done. */
export interface Entry {
  group: Group
  /** Unlike any other's. */
  id: string
  label: string
  note?: string
  /** What it is found by besides its label and note. */
  words?: string
  act(): void
}

const EACH_MAX = 6

/** Entries that have every word of the query, the better ones of each group first, and no group without any. */
export function matching(entries: Entry[], query: string): { group: Group; entries: Entry[] }[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const scored = entries
    .map((entry) => ({ entry, score: scoreOf(entry, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
  return GROUPS.map((group) => {
    const own = scored.filter(({ entry }) => entry.group === group).map(({ entry }) => entry)
    return { group, entries: words.length > 0 ? own.slice(0, EACH_MAX) : own }
  }).filter(({ entries: own }) => own.length > 0)
}

/** 0: not meant. A label that begins with a word counts more than one that has it inside. */
function scoreOf({ label, note = '', words: more = '' }: Entry, words: string[]): number {
  const name = label.toLowerCase()
  const all = `${name} ${note} ${more}`.toLowerCase()
  if (!words.every((word) => all.includes(word))) return 0
  return words.reduce((score, word) => score + (name.startsWith(word) ? 4 : name.includes(word) ? 2 : 1), 1)
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** A request's id that was pasted. */
export const requestIdIn = (query: string) =>
  UUID.test(query.trim()) ? query.trim().toLowerCase() : undefined
