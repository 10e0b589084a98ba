import { ref } from 'vue'

/** What screen readers are told politely: a page's title, an answer's end. */
export const announcement = ref('')

export function announce(text: string) {
  // The same words twice are announced twice only when they change in between.
  announcement.value = ''
  requestAnimationFrame(() => (announcement.value = text))
}
