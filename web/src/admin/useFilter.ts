import { computed, reactive } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** A list's filter, kept in the address so that it can be shared and found again. */
export function useFilter<Field extends string>(fields: readonly Field[], changed: () => void) {
  const route = useRoute()
  const router = useRouter()
  const value = computed(
    () =>
      Object.fromEntries(
        fields.map((field) => [field, typeof route.query[field] === 'string' ? route.query[field] : '']),
      ) as Record<Field, string>,
  )
  function set(field: Field, text: string) {
    changed()
    void router.replace({ query: { ...route.query, [field]: text.trim() || undefined } })
  }
  return reactive({ value, set })
}

/** Days as a person picks them, from the first's beginning to the last's end where the person is. */
export function dayRange({ from, to }: { from: string; to: string }) {
  const start = (day: string) => new Date(`${day}T00:00:00`)
  const end = start(to)
  end.setDate(end.getDate() + 1)
  return {
    from: from ? start(from).toISOString() : undefined,
    to: to ? end.toISOString() : undefined,
  }
}
