import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

const STOPS_MAX = 90

/** What is wrong with where the focus is: nothing shows it, it is outside the window, or something lies over it. */
function fault(): string | undefined {
  const at = document.activeElement as HTMLElement
  if (!at || at === document.body) return undefined
  const name = `${at.tagName} ${at.ariaLabel ?? at.textContent?.trim().slice(0, 40)}`
  const { outlineStyle, outlineWidth } = getComputedStyle(at)
  const isShown = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
  if (!isShown && !at.hasAttribute('data-highlighted')) return `no visible focus: ${name}`
  const { left, right, top, bottom } = at.getBoundingClientRect()
  const [x, y] = [
    (Math.max(left, 0) + Math.min(right, innerWidth)) / 2,
    (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2,
  ]
  const over = document.elementFromPoint(x, y)
  if (!over) return `outside the window: ${name}`
  const isFree = at.contains(over) || over.contains(at) || over.closest('label')?.contains(at)
  return isFree ? undefined : `below ${over.outerHTML.slice(0, 80)}: ${name}`
}

/** Somebody who has a keyboard and nothing else; the focus must be seen wherever it stops. */
export function keyboardOf(page: Page) {
  const isAt = (target: Locator) =>
    target.evaluate((element) => element === document.activeElement).catch(() => false)

  async function expectVisible() {
    // What scrolls into view or opens takes a moment.
    await expect.poll(() => page.evaluate(fault)).toBe(undefined)
  }

  /** Tab, as often as it takes. */
  async function goTo(target: Locator, key: 'Tab' | 'Shift+Tab' | 'ArrowDown' = 'Tab') {
    await target.waitFor()
    for (let stops = 0; !(await isAt(target)); stops++) {
      if (stops === STOPS_MAX) throw new Error(`the keyboard does not come to ${String(target)}`)
      await page.keyboard.press(key)
      await expectVisible()
    }
  }

  return {
    isAt,
    goTo,
    press: (key: string) => page.keyboard.press(key),
    async fill(target: Locator, text: string) {
      await goTo(target)
      await page.keyboard.type(text)
    },
    async choose(target: Locator, key: 'Enter' | 'Space' = 'Enter') {
      await goTo(target)
      await page.keyboard.press(key)
    },
  }
}
