import { computed, reactive } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { startOfDay } from '../i18n/zone.ts'

/**
 * A list's filter, kept in the address so that it can be shared and found again. For text: `v-model.lazy="filter.value.x"`,
 * which leaves what is being typed alone while the list around it is drawn again.
 */
export function useFilter<Field extends string>(fields: readonly Field[], changed: () => void) {
  const route = useRoute()
  const router = useRouter()
  const textOf = (field: Field) => {
    const text = route.query[field]
    return typeof text === 'string' ? text : ''
  }
  const value = reactive(
    Object.fromEntries(
      fields.map((field) => [
        field,
        computed({ get: () => textOf(field), set: (text: string) => set(field, text) }),
      ]),
    ),
  ) as unknown as Record<Field, string>
  function set(field: Field, text: string) {
    changed()
    void router.replace({ query: { ...route.query, [field]: text.trim() || undefined } })
  }
  return reactive({ value, set })
}

/** Days as a person picks them, from the first's beginning to the last's end by their clock. */
export const dayRange = ({ from, to }: { from: string; to: string }) => ({
  from: startOfDay(from)?.toISOString(),
  to: startOfDay(to, 1)?.toISOString(),
})
