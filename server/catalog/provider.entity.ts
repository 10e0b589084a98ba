import { defineEntity, p } from '@mikro-orm/core'

/** A company that makes models; `baseUrl` is the preset for its OpenAI-compatible endpoint. */
export const ProviderSchema = defineEntity({
  name: 'Provider',
  tableName: 'provider',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    baseUrl: p.text().nullable(),
  },
})

export class Provider extends ProviderSchema.class {}
ProviderSchema.setClass(Provider)
