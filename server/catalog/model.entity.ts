import { defineEntity, p } from '@mikro-orm/core'

/** The families of tokenisers we can count with. */
export type TokenizerName = 'qwen' | 'deepseek' | 'o200k'

export const ModelSchema = defineEntity({
  name: 'Model',
  tableName: 'model',
  properties: {
    /** The name callers use: `qwen3-max`. */
    id: p.text().primary(),
    providerId: p.text(),
    displayName: p.text(),
    description: p.text().nullable(),
    descriptionZh: p.text().nullable(),
    /** Other names that callers may send. */
    aliases: p.array().$type<string[]>().default([]),
    contextLength: p.integer().nullable(),
    maxOutputTokens: p.integer().nullable(),
    capabilities: p.array().$type<string[]>().default([]),
    tokenizer: p.text().$type<TokenizerName>().default('o200k'),
    visible: p.boolean().default(true),
    position: p.integer().default(0),
    /** From then on it is not offered; a moment to come announces it. */
    retiredAt: p.datetime().nullable(),
    /** What to use instead. */
    replacementId: p.text().nullable(),
    /** What the provider charges us, like the prices; null: not said. */
    costInput: p.bigint().nullable(),
    costCachedInput: p.bigint().nullable(),
    costOutput: p.bigint().nullable(),
    createdAt: p.datetime(),
  },
})

export class Model extends ModelSchema.class {}
ModelSchema.setClass(Model)
