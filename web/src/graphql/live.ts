import { useDocumentVisibility, useTimeoutFn } from '@vueuse/core'
import { computed, onScopeDispose, ref, watch } from 'vue'
import { connection } from './client.ts'

/** A tab that nobody sees stops listening after this long. */
const HIDDEN_MS = 60_000

/**
 * Calls back whenever events may have been missed: the connection came back, or the tab did. A subscription tells
 * what happens, never what happened meanwhile. `asleep` pauses subscriptions of a hidden tab.
 */
export function useCatchUp(catchUp: () => void) {
  const asleep = ref(false)
  const visibility = useDocumentVisibility()
  const timer = useTimeoutFn(() => (asleep.value = true), HIDDEN_MS, { immediate: false })
  watch(visibility, (state) => {
    if (state === 'hidden') return timer.start()
    timer.stop()
    if (asleep.value) catchUp()
    asleep.value = false
  })

  let interrupted = false
  const unwatch = watch(connection, (state) => {
    if (state === 'reconnecting' || state === 'full') interrupted = true
    if (state !== 'live' || !interrupted) return
    interrupted = false
    catchUp()
  })
  onScopeDispose(unwatch)
  return { asleep: computed(() => asleep.value) }
}
