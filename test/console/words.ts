import type { Page } from 'playwright-core'
import { messages as english } from '../../web/src/locales/en.ts'
import { messages as chinese } from '../../web/src/locales/zh-CN.ts'

export type Language = 'en' | 'zh-CN'
export type Words = (key: string, values?: Record<string, string | number>) => string

/** The console's own texts, as the page shows them: a plural is chosen by `n`. */
export function wordsOf(language: Language): Words {
  const messages = language === 'en' ? english : chinese
  return (key, values = {}) => {
    const text = key.split('.').reduce<any>((tree, part) => tree?.[part], messages)
    if (typeof text !== 'string') throw new Error(`there is no text ${key}`)
    const choices = text.split(' | ')
    const n = Number(values.n ?? 1)
    const chosen = choices.length === 3 ? Math.min(n, 2) : Number(n !== 1)
    return (choices[chosen] ?? choices[0]!).replace(/\{(\w+)\}/g, (_, name) => String(values[name]))
  }
}

/** What a person reads or hears: no code, no names that people gave, no answers of a model. */
const NOT_OURS = 'pre, code, bdi, script, style, svg, textarea, .prose-answer, [data-testid="test-answer"]'

/** English sentences on a page that speaks another language: three words or more in a row. */
export async function englishOn(page: Page): Promise<string[]> {
  const texts = await page.evaluate((notOurs) => {
    const read: string[] = [document.title]
    for (const element of document.querySelectorAll('body *')) {
      if (element.closest(notOurs)) continue
      for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
        read.push(element.getAttribute(name) ?? '')
      for (const node of element.childNodes) if (node.nodeType === 3) read.push(node.textContent ?? '')
    }
    return read
  }, NOT_OURS)
  return [...new Set(texts)].filter((text) => /\p{Script=Latin}{2,}(?: \p{Script=Latin}+){2,}/u.test(text))
}
