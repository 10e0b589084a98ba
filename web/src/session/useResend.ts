import { useIntervalFn } from '@vueuse/core'
import { computed, ref } from 'vue'

/** Counts down the seconds until another code may be asked for. */
export function useResend() {
  const until = ref(0)
  const now = ref(Date.now())
  const seconds = computed(() => Math.max(0, Math.ceil((until.value - now.value) / 1_000)))
  const clock = useIntervalFn(
    () => {
      now.value = Date.now()
      if (seconds.value === 0) clock.pause()
    },
    500,
    { immediate: false },
  )

  function wait(forSeconds: number) {
    now.value = Date.now()
    until.value = now.value + forSeconds * 1_000
    clock.resume()
  }

  return { seconds, wait }
}
