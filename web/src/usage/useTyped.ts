import { useDebounceFn } from '@vueuse/core'
import { ref, type WritableComputedRef, watch } from 'vue'

/** What is typed is asked for when the typing pauses. */
export function useTyped(asked: WritableComputedRef<string>) {
  const typed = ref(asked.value)
  watch(asked, (value) => (typed.value = value))
  const ask = useDebounceFn((value: string) => (asked.value = value.trim()), 300)
  watch(typed, (value) => void (value.trim() !== asked.value && ask(value)))
  return typed
}
