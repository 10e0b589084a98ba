import { computed, ref } from 'vue'

interface PageInfo {
  hasNextPage: boolean
  hasPreviousPage: boolean
  startCursor: string | null
  endCursor: string | null
}

/** The arguments of a Relay connection, moved by a pager. */
export function usePages(size: number) {
  const page = ref<{ first?: number; after?: string; last?: number; before?: string }>({ first: size })
  return {
    page: computed(() => page.value),
    reset: () => (page.value = { first: size }),
    next: (info: PageInfo) => (page.value = { first: size, after: info.endCursor ?? undefined }),
    previous: (info: PageInfo) => (page.value = { last: size, before: info.startCursor ?? undefined }),
  }
}
