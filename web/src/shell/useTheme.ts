import { computed, ref, watchEffect } from 'vue'

export type Theme = 'light' | 'dark' | 'system'

const KEY = 'theme'
const choice = ref<Theme>(read())
const system = matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = ref(system.matches)
system.addEventListener('change', ({ matches }) => (systemIsDark.value = matches))
const isDark = computed(() => choice.value === 'dark' || (choice.value === 'system' && systemIsDark.value))

watchEffect(() => {
  document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light'
  document
    .querySelector('meta[name=theme-color]')
    ?.setAttribute('content', isDark.value ? '#0e1013' : '#fbfbfc')
})

/** Light, dark, or what the system says. index.html sets it before the first paint. */
export function useTheme() {
  function choose(theme: Theme) {
    choice.value = theme
    try {
      if (theme === 'system') localStorage.removeItem(KEY)
      else localStorage.setItem(KEY, theme)
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }
  return { choice, isDark, choose }
}

function read(): Theme {
  try {
    const saved = localStorage.getItem(KEY)
    return saved === 'light' || saved === 'dark' ? saved : 'system'
  } catch {
    return 'system'
  }
}
