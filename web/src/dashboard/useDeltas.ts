import { useTimeoutFn } from '@vueuse/core'
import { computed, type Ref, ref, shallowRef, watch } from 'vue'
import { type Cell, withDeltas } from './chart.ts'

/** A tick may tell, so much later, of what a reading has seen already. */
const TICK_DELAY_MS = 3_000
/** However many ticks come, everything is read anew for their sake this often at most. */
const RECONCILE_MS = 10_000

interface Reading {
  fetching: Ref<boolean>
  stale: Ref<boolean>
  read: () => void
}

/**
 * What ticks added since the last reading, each request counted once: a tick that comes during a reading or soon after
 * may be part of it, so it is not added but read. For a moment a figure may be too low, never too high.
 */
export function useDeltas({ fetching, stale, read }: Reading) {
  const deltas = shallowRef<Cell[]>([])
  const isReading = computed(() => fetching.value || stale.value)
  let readAt = 0
  let reconciledAt = -RECONCILE_MS
  const wait = ref(0)
  const { start, isPending } = useTimeoutFn(
    () => {
      reconciledAt = performance.now()
      read()
    },
    wait,
    { immediate: false },
  )

  // Told by the state, not by the data: a reading that brings the same as before is the same object.
  watch(
    isReading,
    (is) => {
      if (is) return
      deltas.value = []
      readAt = performance.now()
    },
    { flush: 'sync' },
  )

  function reconcile() {
    if (isPending.value) return
    wait.value = Math.max(TICK_DELAY_MS, reconciledAt + RECONCILE_MS - performance.now())
    start()
  }

  function add(cells: readonly Cell[]) {
    if (isReading.value || performance.now() - readAt < TICK_DELAY_MS) reconcile()
    else deltas.value = withDeltas(deltas.value, cells)
  }

  return { deltas, add, reconcile }
}
