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

registerEnumType(PoolKind, {
  name: 'PoolKind',
  description: 'In the order of use.',
  valuesConfig: {
    BONUS: { description: 'Gifts, counted in LLM tokens.' },
    QUOTA: { description: "The running subscription's money for requests; ends with its period." },
    WALLET: { description: 'Prepaid CNY; the only pool that may go below zero.' },
  },
})
registerEnumType(LedgerEntryKind, {
  name: 'LedgerEntryKind',
  description: 'Why a pool changed.',
  valuesConfig: {
    USAGE: { description: 'A request was charged; `reference` is its id.' },
    GRANT: { description: 'Bonus tokens were given.' },
    TOP_UP: { description: 'A payment arrived.' },
    PURCHASE: {
      description: 'A plan was bought or renewed: its price left the wallet, its quota was given.',
    },
    REDEMPTION: { description: 'A redemption code gave it.' },
    REFUND: { description: 'Money went back, to the payer or to the wallet.' },
    EXPIRY: { description: 'What was left of a grant or quota when its time was over.' },
    ADJUSTMENT: { description: 'The operator corrected it; `note` says why.' },
    CLAWBACK: { description: 'What was left of a gift was taken back.' },
  },
})

@ObjectType('Pool', { description: 'One grant, one period of a plan, or the prepaid balance.' })
export class PoolType {
  @Field(() => ID, { description: 'Stable while the pool exists.' }) id!: string
  @Field(() => PoolKind, { description: 'Says which of `tokens` and `money` is set.' }) kind!: PoolKind
  @Field(() => Int64, { nullable: true, description: 'LLM tokens left; null for money pools.' })
  tokens!: bigint | null
  @Field(() => Money, { nullable: true, description: 'Money left; null for token pools.' })
  money!: bigint | null
  @Field(() => String, {
    nullable: true,
    description: 'What it began with, in its unit; null for the wallet.',
  })
  granted!: string | null
  @Field(() => Date, { nullable: true, description: 'From then on it pays for nothing; null: never.' })
  expiresAt!: Date | null
  @Field(() => [String], { description: 'Models this pool may pay for; empty means all.' })
  models!: string[]
}

@ObjectType('Wallet', { description: 'The three pools in the order in which requests use them.' })
export class WalletType {
  @Field(() => ID, { description: 'Of the account it belongs to.' }) id!: string
  @Field(() => Int64, { description: 'Gift balance, counted in LLM tokens.' }) bonusTokens!: bigint
  @Field(() => Money, { description: "What is left of the running plan's allowance." }) quota!: bigint
  @Field(() => Money, { description: 'Prepaid balance; may be negative.' }) wallet!: bigint
  @Field(() => Money, { description: 'Quota and wallet together.' }) spendable!: bigint
  @Field(() => [PoolType], {
    description:
      'Those that can pay now, in the order of use; used-up grants are left out, the wallet never is.',
  })
  pools!: PoolType[]
  @Field(() => Date, { description: 'When it was read: pools that had expired by then are not counted.' })
  asOf!: Date
}

@ObjectType('LedgerEntry', {
  description: 'One change of one pool. Never edited: a mistake is corrected by its opposite.',
})
export class LedgerEntryType {
  @Field(() => ID, { description: 'Grows with each entry, as a decimal string.' }) id!: string
  @Field(() => LedgerEntryKind, { description: 'Why the pool changed.' }) kind!: LedgerEntryKind
  @Field(() => PoolKind, { description: 'Says which of `tokens` and `money` is set.' }) pool!: PoolKind
  @Field(() => Int64, { nullable: true, description: 'Change in LLM tokens; null for money entries.' })
  tokens!: bigint | null
  @Field(() => Money, { nullable: true, description: 'Change in money; null for token entries.' })
  money!: bigint | null
  @Field(() => String, {
    description:
      "What is left afterwards of the wallet, or of the one grant or period that the entry belongs to, in the entry's unit.",
  })
  balanceAfter!: string
  @Field(() => String, { description: 'The request, order or grant behind this entry.' }) reference!: string
  @Field(() => String, {
    nullable: true,
    description:
      "The operator's reason, the plan's name or the payment provider; null where there is nothing to add.",
  })
  note!: string | null
  @Field(() => Date, { description: 'When it was booked; for usage, when the request was settled.' })
  createdAt!: Date
}

export const LedgerEntryConnection = connectionOf('LedgerEntry', LedgerEntryType)

@ObjectType('PoolSummary', {
  description: 'Opening + in − out = closing, in LLM tokens for a bonus, else in CNY.',
})
export class PoolSummaryType {
  @Field(() => PoolKind, { description: 'All grants or periods of this kind together.' }) pool!: PoolKind
  @Field(() => String, { description: 'Balance at `from`.' }) opening!: string;
  @Field(() => String, { description: 'Sum of what was added, not negative.' }) in!: string
  @Field(() => String, { description: 'Sum of what was taken, not negative.' }) out!: string
  @Field(() => String, { description: 'Balance at `to`.' }) closing!: string
  @Field(() => String, {
    description:
      'Of `closing`: what is left in pools that had ended by then. Only requests that began before may use it; the rest is written off, one entry each, within two hours.',
  })
  ended!: string
}

@ObjectType({ description: 'The balances after a change.' })
export class BalanceChangedEvent {
  @Field(() => Int64, { description: 'Larger with each event of this server.' }) sequence!: bigint
  @Field(() => WalletType, { description: 'Read when the event is sent: it may already hold later changes.' })
  wallet!: WalletType
}
