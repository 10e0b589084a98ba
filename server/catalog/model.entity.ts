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
    contextLength: p.integer().nullable(),
    maxOutputTokens: p.integer().nullable(),
    capabilities: p.array().$type<string[]>().default([]),
    tokenizer: p.text().$type<TokenizerName>().default('o200k'),
    visible: p.boolean().default(true),
    position: p.integer().default(0),
    retiredAt: p.datetime().nullable(),
    createdAt: p.datetime(),
  },
})

export class Model extends ModelSchema.class {}
ModelSchema.setClass(Model)
