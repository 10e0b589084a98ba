import { Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Int64, Money } from '../platform/scalars.ts'

export enum PoolKind {
  BONUS = 'bonus',
  QUOTA = 'quota',
  WALLET = 'wallet',
}

export enum LedgerEntryKind {
  USAGE = 'usage',
  GRANT = 'grant',
  TOP_UP = 'top_up',
  PURCHASE = 'purchase',
  REDEMPTION = 'redemption',
  REFUND = 'refund',
  EXPIRY = 'expiry',
  ADJUSTMENT = 'adjustment',
  CLAWBACK = 'clawback',
}

registerEnumType(PoolKind, { name: 'PoolKind', description: 'In the order of use.' })
registerEnumType(LedgerEntryKind, { name: 'LedgerEntryKind' })

@ObjectType('Pool', { description: 'One grant, one period of a plan, or the prepaid balance.' })
export class PoolType {
  @Field(() => ID) id!: string
  @Field(() => PoolKind) kind!: PoolKind
  @Field(() => Int64, { nullable: true, description: 'LLM tokens left; null for money pools.' })
  tokens!: bigint | null
  @Field(() => Money, { nullable: true, description: 'Money left; null for token pools.' })
  money!: bigint | null
  @Field(() => String, {
    nullable: true,
    description: 'What it began with, in its unit; null for the wallet.',
  })
  granted!: string | null
  @Field(() => Date, { nullable: true }) expiresAt!: Date | null
  @Field(() => [String], { description: 'Models this pool may pay for; empty means all.' })
  models!: string[]
}

@ObjectType('Wallet', { description: 'The three pools in the order in which requests use them.' })
export class WalletType {
  @Field(() => ID) id!: string
  @Field(() => Int64, { description: 'Gift balance, counted in LLM tokens.' }) bonusTokens!: bigint
  @Field(() => Money, { description: "What is left of the running plan's allowance." }) quota!: bigint
  @Field(() => Money, { description: 'Prepaid balance; may be negative.' }) wallet!: bigint
  @Field(() => Money, { description: 'Quota and wallet together.' }) spendable!: bigint
  @Field(() => [PoolType]) pools!: PoolType[]
  @Field(() => Date) asOf!: Date
}

@ObjectType('LedgerEntry', {
  description: 'One change of one pool. Never edited: a mistake is corrected by its opposite.',
})
export class LedgerEntryType {
  @Field(() => ID) id!: string
  @Field(() => LedgerEntryKind) kind!: LedgerEntryKind
  @Field(() => PoolKind) pool!: PoolKind
  @Field(() => Int64, { nullable: true, description: 'Change in LLM tokens; null for money entries.' })
  tokens!: bigint | null
  @Field(() => Money, { nullable: true, description: 'Change in money; null for token entries.' })
  money!: bigint | null
  @Field(() => String, { description: "The pool's balance afterwards, in the entry's unit." })
  balanceAfter!: string
  @Field(() => String, { description: 'The request, order or grant behind this entry.' }) reference!: string
  @Field(() => String, { nullable: true }) note!: string | null
  @Field(() => Date) createdAt!: Date
}

export const LedgerEntryConnection = connectionOf('LedgerEntry', LedgerEntryType)

@ObjectType('PoolSummary', {
  description: 'Opening + in − out = closing, in LLM tokens for a bonus, else in CNY.',
})
export class PoolSummaryType {
  @Field(() => PoolKind) pool!: PoolKind
  @Field(() => String) opening!: string;
  @Field(() => String) in!: string
  @Field(() => String) out!: string
  @Field(() => String) closing!: string
}

@ObjectType()
export class BalanceChangedEvent {
  @Field(() => Int64, { description: 'Larger with each event of this server.' }) sequence!: bigint
  @Field(() => WalletType) wallet!: WalletType
}
