import { computed, reactive } from 'vue'
import type { Channel } from './channels.graphql.ts'

export const TIMEOUTS = ['connect', 'firstToken', 'idle', 'total'] as const
type Timeout = (typeof TIMEOUTS)[number]

const isWhole = (text: string, min: number, max: number) =>
  /^\d{1,7}$/.test(text) && Number(text) >= min && Number(text) <= max
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
  const isTimeout = (part: Timeout) =>
    form.timeouts[part] === '' || isWhole(form.timeouts[part], TIMEOUT_MIN, TIMEOUT_MAX[part])
  const valid = computed(
    () =>
      form.name.trim() !== '' &&
      keys.value.length + kept.value.length > 0 &&
      models.value.length > 0 &&
      isWhole(form.priority, 0, NUMBER_MAX) &&
      isWhole(form.weight, 1, NUMBER_MAX) &&
      TIMEOUTS.every(isTimeout),
  )
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
    valid,
    created: () => ({ ...common(), keys: keys.value }),
    updated: (id: string) => {
      // Given without keeping one they stand for all: so an address can move to another host.
      const changed =
        kept.value.length === 0 ? { keys: keys.value } : { addKeys: keys.value, removeKeyIds: form.removed }
      return { id, ...common(), ...changed }
    },
  }
}
