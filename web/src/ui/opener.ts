/** What comes and goes: nothing of it may be left to return the focus to. */
const LAYERS = '[role=dialog], [role=menu], [role=listbox]'

/** Where the focus last was on the page itself. */
let onPage: HTMLElement | undefined

document.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && !target.closest(LAYERS)) onPage = target
})

/**
 * Remembers what opens a dialog; the function it answers gives the focus back. A menu or another dialog that led
 * here is gone by then: their own opener is meant, and when that is gone too, the page's heading.
 */
export function rememberOpener(): () => void {
  const opener = document.activeElement as HTMLElement | null
  const before = onPage
  return () => {
    const target = [opener, before].find((one) => one?.isConnected && one !== document.body)
    ;(target ?? document.querySelector<HTMLElement>('h1'))?.focus()
  }
}
