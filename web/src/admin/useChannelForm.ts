import { computed, reactive } from 'vue'
import { useFaults } from '../ui/useFaults.ts'
import type { Channel } from './channels.graphql.ts'
import { useWanted } from './useWanted.ts'

export const TIMEOUTS = ['connect', 'firstToken', 'idle', 'total'] as const
export type Timeout = (typeof TIMEOUTS)[number]

/** As the server has it. */
const TIMEOUT_MIN = 100
const TIMEOUT_MAX: Record<Timeout, number> = {
  connect: 3_600_000,
  firstToken: 3_600_000,
  idle: 3_600_000,
  total: 900_000,
}
const NUMBER_MAX = 10_000

/** What is typed about a channel, and what is sent of it; keys are only ever added or removed. */
export function useChannelForm(channel?: Channel) {
  const form = reactive({
    name: channel?.name ?? '',
    providerId: channel?.providerId ?? 'alibaba',
    baseUrl: channel?.baseUrl ?? '',
    keys: '',
    removed: [] as string[],
    models: (channel?.models ?? [])
      .map(({ modelId, upstreamModel }) => `${modelId} = ${upstreamModel}`)
      .join('\n'),
    priority: String(channel?.priority ?? 0),
    weight: String(channel?.weight ?? 1),
    timeouts: Object.fromEntries(
      TIMEOUTS.map((part) => [part, String(channel?.timeouts[part] ?? '')]),
    ) as Record<Timeout, string>,
  })
  /** One model a line: our name, and after = what the provider calls it. */
  const models = computed(() =>
    form.models
      .split('\n')
      .map((line) => line.split('=').map((part) => part.trim()))
      .filter(([modelId]) => modelId)
      .map(([modelId, upstreamModel]) => ({ modelId: modelId!, upstreamModel: upstreamModel || modelId! })),
  )
  const keys = computed(() => form.keys.split(/\s+/).filter(Boolean))
  const kept = computed(() => (channel?.keys ?? []).filter(({ id }) => !form.removed.includes(id)))
  const { some, whole, orNone } = useWanted()
  const timeout = (part: Timeout) =>
    orNone((typed) => whole(typed, TIMEOUT_MIN, TIMEOUT_MAX[part]), form.timeouts[part])
  const faults = useFaults(() => ({
    name: some(form.name),
    keys: kept.value.length > 0 ? ([form.keys, false] as const) : some(form.keys),
    models: some(form.models),
    priority: whole(form.priority, 0, NUMBER_MAX),
    weight: whole(form.weight, 1, NUMBER_MAX),
    connect: timeout('connect'),
    firstToken: timeout('firstToken'),
    idle: timeout('idle'),
    total: timeout('total'),
  }))
  const common = () => ({
    name: form.name.trim(),
    providerId: form.providerId,
    baseUrl: form.baseUrl.trim() || undefined,
    models: models.value,
    priority: Number(form.priority),
    weight: Number(form.weight),
    timeouts: Object.fromEntries(
      TIMEOUTS.map((part) => [part, form.timeouts[part] === '' ? null : Number(form.timeouts[part])]),
    ),
  })
  return {
    form,
    kept,
    ...faults,
    created: () => ({ ...common(), keys: keys.value }),
    updated: (id: string) => {
      // Given without keeping one they stand for all: so an address can move to another host.
      const changed =
        kept.value.length === 0 ? { keys: keys.value } : { addKeys: keys.value, removeKeyIds: form.removed }
      return { id, ...common(), ...changed }
    },
  }
}
