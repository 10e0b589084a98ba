import { useDocumentVisibility, useTimeoutFn } from '@vueuse/core'
import { watch } from 'vue'

const HIDDEN_MAX_MS = 10 * 60_000

/** Calls back once the page was in the background for ten minutes without a break. */
export function useWhileSeen(forget: () => void) {
  const visibility = useDocumentVisibility()
  const { start, stop } = useTimeoutFn(forget, HIDDEN_MAX_MS, { immediate: false })
  watch(visibility, (now) => (now === 'hidden' ? start() : stop()), { immediate: true })
}
