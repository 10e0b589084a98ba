import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type Axe from 'axe-core'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** axe runs in the page's isolated world, which the page's own policy does not bind. */
export async function violations(page: Page): Promise<string[]> {
  // Enter and leave animations change colours half-way.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((one) => one.effect?.getTiming().iterations !== Infinity)
        .map((one) => one.finished.catch(() => undefined)),
    ),
  )
  await page.evaluate(axe)
  return page.evaluate(async (tags) => {
    const { axe: runner } = window as never as { axe: typeof Axe }
    const { violations: found } = await runner.run(document, { runOnly: tags })
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    )
  }, RULES)
}
