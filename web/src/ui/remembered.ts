import { customRef, type Ref } from 'vue'

/** A choice this browser keeps; without storage it lasts as long as the page. For the public pages, which are light. */
export function remembered<T extends string>(key: string, initial: T): Ref<T> {
  let value = initial
  try {
    value = (localStorage.getItem(key) as T | null) ?? initial
  } catch {
    // Nothing was kept.
  }
  return customRef((track, trigger) => ({
    get: () => (track(), value),
    set(chosen) {
      value = chosen
      try {
        localStorage.setItem(key, chosen)
      } catch {
        // It is not kept.
      }
      trigger()
    },
  }))
}
