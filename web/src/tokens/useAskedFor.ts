import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** Who was led here by a command may want a new API token (`?new`), or one of them (`?search=laptop`). */
export function useAskedFor({ create, find }: { create(): void; find(name: string): void }) {
  const route = useRoute()
  const router = useRouter()
  watch(
    () => route.query,
    ({ new: asked, search }) => {
      if (typeof search === 'string') find(search)
      if (asked === undefined) return
      create()
      // A page that is read again opens nothing again.
      void router.replace({ query: {} })
    },
    { immediate: true },
  )
}
