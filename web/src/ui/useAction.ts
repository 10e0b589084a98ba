import { reactive, ref, shallowRef } from 'vue'
import { type Failure, FailureError, failureOf } from '../graphql/errors.ts'

/** Something a person can do: whether it is under way, and what went wrong the last time. */
export function useAction<Args extends unknown[]>(act: (...args: Args) => Promise<unknown>) {
  const busy = ref(false)
  const failure = shallowRef<Failure>()

  /** Answers whether it succeeded. A second click while the first is under way does nothing. */
  async function run(...args: Args): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    failure.value = undefined
    try {
      await act(...args)
      return true
    } catch (cause) {
      failure.value = cause instanceof FailureError ? cause.failure : failureOf(cause as Error)
      return false
    } finally {
      busy.value = false
    }
  }

  return reactive({ run, busy, failure })
}
