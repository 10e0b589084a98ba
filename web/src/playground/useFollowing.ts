import { useEventListener, useResizeObserver } from '@vueuse/core'
import type { Ref } from 'vue'

/** So near to the end is at the end. */
const END_PX = 40

/** Keeps the end of what grows in sight while the reader is there; who reads further up is left in peace. */
export function useFollowing(
  box: Readonly<Ref<HTMLElement | null>>,
  content: Readonly<Ref<HTMLElement | null>>,
) {
  let isAtEnd = true
  let topBefore = 0
  useEventListener(box, 'scroll', () => {
    const { scrollHeight, scrollTop, clientHeight } = box.value!
    // Only a reader goes up: what grew since our own scrolling is not left behind.
    if (scrollHeight - scrollTop - clientHeight <= END_PX) isAtEnd = true
    else if (scrollTop < topBefore) isAtEnd = false
    topBefore = scrollTop
  })
  useResizeObserver(content, () => {
    if (isAtEnd && box.value) box.value.scrollTop = box.value.scrollHeight
  })
  /** Back to the end with what comes next. */
  const follow = () => (isAtEnd = true)
  return { follow }
}
