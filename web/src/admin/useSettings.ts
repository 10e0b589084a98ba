import { useClientHandle, useQuery } from '@urql/vue'
import { computed, reactive, watch } from 'vue'
import { dataOf, failureOf } from '../graphql/errors.ts'
import { useAction } from '../ui/useAction.ts'
import { type Setting, SettingsQuery, UpdateSettings } from './settings.graphql.ts'

/** The settings as they are, and as the person at the form wants them. */
export function useSettings() {
  const { client } = useClientHandle()
  const { data, fetching, error, executeQuery } = useQuery({
    query: SettingsQuery,
    requestPolicy: 'network-only',
  })
  const settings = computed(() => data.value?.settings ?? [])
  /** What was typed, by key. */
  const typed = reactive<Record<string, string>>({})
  watch(settings, (now) => {
    for (const { key, value } of now) typed[key] ??= value
  })

  const changes = computed(() => settings.value.filter(({ key, value }) => typed[key] !== value))
  const invalid = computed(() => changes.value.filter((setting) => !fits(setting, typed[setting.key] ?? '')))

  function discard() {
    for (const { key, value } of settings.value) typed[key] = value
  }

  const save = useAction(async () => {
    const sent = changes.value.map(({ key, value }) => ({ key, value: typed[key]!, seen: value }))
    const saved = dataOf(await client.mutation(UpdateSettings, { input: { changes: sent } }))
    for (const { key, value } of saved.updateSettings.settings) typed[key] = value
  })

  return {
    settings,
    typed,
    changes,
    invalid,
    discard,
    save,
    fetching,
    failure: computed(() => failureOf(error.value)),
    reload: () => void executeQuery({ requestPolicy: 'network-only' }),
  }
}

/** The server's rule, told beforehand. */
export function fits({ kind, minimum, maximum }: Setting, text: string): boolean {
  if (kind !== 'COUNT') return text.trim().length >= minimum && text.trim().length <= maximum
  return /^\d{1,15}$/.test(text.trim()) && Number(text) >= minimum && Number(text) <= maximum
}
