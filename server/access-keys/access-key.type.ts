import { Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'

export enum AccessKeyScope {
  READ_USAGE = 'read_usage',
  MANAGE_TOKENS = 'manage_tokens',
  READ_MONEY = 'read_money',
  BUY = 'buy',
}
registerEnumType(AccessKeyScope, {
  name: 'AccessKeyScope',
  description: 'What an access key may be good for.',
  valuesConfig: {
    READ_USAGE: { description: 'Read requests, their receipts, reports and live usage.' },
    MANAGE_TOKENS: { description: 'List, make, change, rotate and revoke API tokens, and set spend caps.' },
    READ_MONEY: { description: 'Read balances, entries, orders and the running plan.' },
    BUY: { description: 'Order top-ups, redeem codes, and buy, change or cancel plans.' },
  },
})

export enum AccessKeyStatusType {
  ACTIVE = 'active',
  EXPIRED = 'expired',
  REVOKED = 'revoked',
}
registerEnumType(AccessKeyStatusType, {
  name: 'AccessKeyStatus',
  description: 'Whether an access key still opens anything.',
  valuesConfig: {
    ACTIVE: { description: 'It works.' },
    EXPIRED: { description: 'Its time is over.' },
    REVOKED: { description: 'It was ended by its owner.' },
  },
})

@ObjectType('AccessKey', { description: 'A secret with which a script may use this API, within its scopes.' })
export class AccessKeyType {
  @Field(() => ID, { description: 'Stays the same; never the secret. What `revokeAccessKey` takes.' })
  id!: string
  @Field(() => String, { description: "The owner's name for it." }) name!: string
  @Field(() => [AccessKeyScope], { description: 'What it is good for.' }) scopes!: AccessKeyScope[]
  @Field(() => AccessKeyStatusType, { description: 'Whether it works now.' }) status!: AccessKeyStatusType
  @Field(() => String, { description: 'First characters of the secret, for recognition.' }) prefix!: string
  @Field(() => String, { description: 'Last characters of the secret, for recognition.' }) lastFour!: string
  @Field(() => Date, { nullable: true, description: 'Null: it does not expire.' }) expiresAt!: Date | null
  @Field(() => Date, { nullable: true, description: 'Null: it was not revoked.' }) revokedAt!: Date | null
  @Field(() => Date, { nullable: true, description: 'To the minute; null: never.' }) lastUsedAt!: Date | null
  @Field(() => Date, { description: 'When it was made; keys are listed by it, newest first.' })
  createdAt!: Date
}

export const AccessKeyConnection = connectionOf('AccessKey', AccessKeyType)
