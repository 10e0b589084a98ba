import { computed, reactive } from 'vue'
import type { ManagedModel } from './admin.graphql.ts'

export const CAPABILITIES = ['CHAT', 'REASONING', 'TOOLS', 'VISION', 'EMBEDDING'] as const
export const TOKENIZERS = ['O200K', 'QWEN', 'DEEPSEEK'] as const
export const COSTS = ['costInput', 'costCachedInput', 'costOutput'] as const
type Tokenizer = (typeof TOKENIZERS)[number]

const isName = (text: string) => /^[a-zA-Z0-9][\w.:-]{0,99}$/.test(text)
const isCount = (text: string) => text === '' || (/^\d{1,9}$/.test(text) && Number(text) > 0)
export const isPrice = (text: string) => /^\d{1,7}(\.\d{1,6})?$/.test(text)
/** As the server has it; empty when something is made: last. */
export const isPlace = (text: string) => /^\d{0,5}$/.test(text) && Number(text) <= 10_000
const numberOf = (text: string) => (text === '' ? null : Number(text))
/** As a field for day and time holds it: without a zone, to the minute. */
function localTime(iso: string): string {
  const at = new Date(iso)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

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
    retiresAt: model?.retiresAt ? localTime(model.retiresAt) : '',
    replacementId: model?.replacementId ?? '',
    position: String(model?.position ?? ''),
    costInput: model?.costInput ?? '',
    costCachedInput: model?.costCachedInput ?? '',
    costOutput: model?.costOutput ?? '',
  })
  const valid = computed(
    () =>
      (model !== undefined || isName(form.id.trim())) &&
      form.displayName.trim() !== '' &&
      isCount(form.contextLength) &&
      isCount(form.maxOutputTokens) &&
      isPlace(form.position) &&
      COSTS.every((part) => form[part] === '' || isPrice(form[part])),
  )
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
    retiresAt: form.retiresAt ? new Date(form.retiresAt).toISOString() : null,
    replacementId: form.retiresAt ? form.replacementId || null : null,
    costInput: form.costInput || null,
    costCachedInput: form.costCachedInput || null,
    costOutput: form.costOutput || null,
  })
  return {
    form,
    valid,
    created: () => ({ id: form.id.trim(), ...common() }),
    updated: (modelId: string) => ({ modelId, ...common() }),
  }
}
