import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

interface Wishes {
  create(): void
  connect(): void
  find(name: string): void
}

/** Who was led here may want a new API token (`?new`), a client's set-up (`?connect`), or one of them (`?search=laptop`). */
export function useAskedFor({ create, connect, find }: Wishes) {
  const route = useRoute()
  const router = useRouter()
  watch(
    () => route.query,
    ({ new: made, connect: connected, search }) => {
      if (typeof search === 'string') find(search)
      if (made !== undefined) create()
      else if (connected !== undefined) connect()
      else return
      // A page that is read again opens nothing again.
      void router.replace({ query: {} })
    },
    { immediate: true },
  )
}
