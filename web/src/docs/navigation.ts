import type { Section } from './library.ts'

/** Pages beside the articles, at the end of a group: keys of their titles. */
export interface FurtherPage {
  section: Section
  group: string
  name: string
  title: string
}

export const furtherPages: FurtherPage[] = [
  { section: 'docs', group: 'start', name: 'docs-tools', title: 'clients.title' },
]
