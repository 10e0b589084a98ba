import type { SearchEntry } from './library.ts'

const FOUND_MAX = 12

/** Every word must be somewhere in the entry; a word in a title counts more than one in the text. */
export function find(entries: SearchEntry[], query: string): SearchEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return entries
    .map((entry) => ({ entry, score: scoreOf(entry, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, FOUND_MAX)
    .map(({ entry }) => entry)
}

function scoreOf({ title, heading = '', text }: SearchEntry, words: string[]): number {
  const weighed: [string, number][] = [
    [heading.toLowerCase(), 8],
    [title.toLowerCase(), heading ? 3 : 10],
    [text.toLowerCase(), 1],
  ]
  const scores = words.map((word) =>
    weighed.reduce((sum, [place, weight]) => sum + (place.includes(word) ? weight : 0), 0),
  )
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0)
}
