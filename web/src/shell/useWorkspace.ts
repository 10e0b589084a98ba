import { computed } from 'vue'
import { useRoute } from 'vue-router'
import { viewer } from '../session/session.ts'
import { navigation, operatorNavigation } from './navigation.ts'

/** The console of one's own account, or the operator's: never both at once, so that nobody confuses them. */
export function useWorkspace() {
  const route = useRoute()
  const operating = computed(() => route.matched[0]?.meta.admin === true)
  const groups = computed(() => (operating.value ? [operatorNavigation] : navigation))
  return {
    operating,
    groups,
    workspaces: computed(() =>
      viewer.value?.isAdmin
        ? [
            { to: { name: 'dashboard' }, title: 'shell.console', current: !operating.value },
            { to: { name: 'admin' }, title: 'admin.group', current: operating.value },
          ]
        : [],
    ),
  }
}
