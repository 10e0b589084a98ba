import { useEventListener, useLocalStorage } from '@vueuse/core'
import { ref } from 'vue'
import { useRouter } from 'vue-router'

/** `g` and one of these. */
export const PLACES = {
  d: 'dashboard',
  p: 'playground',
  t: 'tokens',
  u: 'usage',
  w: 'wallet',
} as const

export const COMMAND_KEY = navigator.userAgent.includes('Mac') ? '⌘' : 'Ctrl'

/** Keys of one letter get in the way of who speaks to the computer, and can be turned off. */
export const singleKeys = useLocalStorage('single-keys', true)

const SEQUENCE_MS = 1_500
const TYPING = 'input, textarea, select, [contenteditable], [role=combobox], [role=menu], [role=listbox]'

/** Keys that do something on every page of the console. None does while a dialog is open. */
export function useShortcuts() {
  const router = useRouter()
  const palette = ref(false)
  const help = ref(false)
  let goingUntil = 0

  useEventListener(document, 'keydown', (event) => {
    const { key, target } = event
    if (event.defaultPrevented || event.isComposing || event.altKey) return
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() !== 'k' || event.shiftKey || (isCovered() && !palette.value)) return
      palette.value = !palette.value
    } else if (!singleKeys.value || isCovered() || (target as Element).closest(TYPING) || !single(key)) return
    event.preventDefault()
  })

  /** Whether the key does anything. */
  function single(key: string): boolean {
    const isSecond = Date.now() < goingUntil
    goingUntil = 0
    const place = isSecond && Object.hasOwn(PLACES, key) && PLACES[key as keyof typeof PLACES]
    if (place) void router.push({ name: place })
    else if (key === 'g') goingUntil = Date.now() + SEQUENCE_MS
    else if (key === 'n') void router.push({ name: 'tokens', query: { new: '' } })
    else if (key === '?') help.value = true
    else if (key === '/') return focusFilter()
    else return false
    return true
  }

  return { palette, help }
}

const isCovered = () => document.querySelector('[role=dialog], [role=alertdialog]') !== null

function focusFilter(): boolean {
  const filter = document.querySelector<HTMLElement>('main input[type=search]')
  filter?.focus()
  return filter !== null
}
