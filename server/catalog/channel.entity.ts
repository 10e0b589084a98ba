import { defineEntity, p } from '@mikro-orm/core'

/** Milliseconds; what is missing takes the relay's default. */
export interface ChannelTimeouts {
  connect?: number
  firstToken?: number
  idle?: number
  total?: number
}

/** `draining`: what runs may finish, nothing new is sent. */
export type ChannelState = 'enabled' | 'draining' | 'disabled'

/** One upstream connection: where, with which keys, for which models. */
export const ChannelSchema = defineEntity({
  name: 'Channel',
  tableName: 'channel',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    providerId: p.text(),
    /** With its version segment: `/chat/completions` is appended. */
    baseUrl: p.text(),
    /** AES-GCM under SECRET_KEY; they never leave the server. */
    sealedKeys: p.array().$type<string[]>().hidden(),
    /** Our model id → the upstream's name for it. */
    models: p.json<Record<string, string>>(),
    /** Lower is asked first. */
    priority: p.integer().default(0),
    /** Share of the requests within one priority. */
    weight: p.integer().default(1),
    timeouts: p.json<ChannelTimeouts>(),
    state: p.text().$type<ChannelState>().default('enabled'),
    createdAt: p.datetime(),
    /** It is gone, but receipts name it: its keys are forgotten. */
    archivedAt: p.datetime().nullable(),
  },
})

export class Channel extends ChannelSchema.class {}
ChannelSchema.setClass(Channel)
