import type { Language } from '../platform/language.ts'

/** The pages of tools, which the wiring brings from the console: both show the same set-ups. */
export interface ToolPages {
  list(language: Language, doors: readonly string[]): { id: string; name: string; description: string }[]
  title(language: Language): string
  text(language: Language): string
  page(
    id: string,
    language: Language,
    given: { siteName: string; baseUrl: string; model: string },
  ): string | undefined
}

/** The address of a tool's page as Markdown, below the origin. */
export const toolPath = (id: string) => `/docs/tools/${id}.md`
