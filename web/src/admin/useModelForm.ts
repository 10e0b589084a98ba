import { reactive } from 'vue'
import { ownZone } from '../i18n/own-zone.ts'
import { instantOf, localOf } from '../i18n/zone.ts'
import { useFaults } from '../ui/useFaults.ts'
import type { ManagedModel } from './admin.graphql.ts'
import { useWanted } from './useWanted.ts'

export const CAPABILITIES = ['CHAT', 'REASONING', 'TOOLS', 'VISION', 'EMBEDDING'] as const
export const TOKENIZERS = ['O200K', 'QWEN', 'DEEPSEEK'] as const
export const COSTS = ['costInput', 'costCachedInput', 'costOutput'] as const
type Tokenizer = (typeof TOKENIZERS)[number]

const LENGTH_MAX = 999_999_999
/** As the server has it; empty when something is made: last. */
const PLACE_MAX = 10_000
const numberOf = (text: string) => (text === '' ? null : Number(text))

/** What is typed about a model, and what is sent of it; an empty field means not known. */
export function useModelForm(model?: ManagedModel) {
  const form = reactive({
    id: '',
    displayName: model?.displayName ?? '',
    providerId: model?.providerId ?? 'alibaba',
    aliases: (model?.aliases ?? []).join('\n'),
    description: model?.description ?? '',
    descriptionZh: model?.descriptionZh ?? '',
    contextLength: String(model?.contextLength ?? ''),
    maxOutputTokens: String(model?.maxOutputTokens ?? ''),
    capabilities: Object.fromEntries(
      CAPABILITIES.map((one) => [one, model ? model.capabilities.includes(one) : one === 'CHAT']),
    ) as Record<(typeof CAPABILITIES)[number], boolean>,
    tokenizer: (model?.tokenizer ?? 'O200K') as string,
    retiresAt: model?.retiresAt ? localOf(new Date(model.retiresAt), ownZone.value) : '',
    replacementId: model?.replacementId ?? '',
    position: String(model?.position ?? ''),
    costInput: model?.costInput ?? '',
    costCachedInput: model?.costCachedInput ?? '',
    costOutput: model?.costOutput ?? '',
  })
  const { some, modelId, whole, price, orNone } = useWanted()
  const length = (typed: string) => whole(typed, 1, LENGTH_MAX)
  const faults = useFaults(() => ({
    id: model ? (['', false] as const) : modelId(form.id),
    displayName: some(form.displayName),
    contextLength: orNone(length, form.contextLength),
    maxOutputTokens: orNone(length, form.maxOutputTokens),
    position: orNone((typed) => whole(typed, 0, PLACE_MAX), form.position),
    costInput: orNone(price, form.costInput),
    costCachedInput: orNone(price, form.costCachedInput),
    costOutput: orNone(price, form.costOutput),
  }))
  const common = () => ({
    displayName: form.displayName.trim(),
    providerId: form.providerId,
    aliases: form.aliases.split(/\s+/).filter(Boolean),
    description: form.description.trim() || null,
    descriptionZh: form.descriptionZh.trim() || null,
    contextLength: numberOf(form.contextLength),
    maxOutputTokens: numberOf(form.maxOutputTokens),
    capabilities: CAPABILITIES.filter((one) => form.capabilities[one]),
    tokenizer: form.tokenizer as Tokenizer,
    ...(form.position !== '' && { position: Number(form.position) }),
    retiresAt: instantOf(form.retiresAt, ownZone.value)?.toISOString() ?? null,
    replacementId: form.retiresAt ? form.replacementId || null : null,
    costInput: form.costInput || null,
    costCachedInput: form.costCachedInput || null,
    costOutput: form.costOutput || null,
  })
  return {
    form,
    ...faults,
    created: () => ({ id: form.id.trim(), ...common() }),
    updated: (modelId: string) => ({ modelId, ...common() }),
  }
}
