import {
  Args,
  ArgsType,
  Authorized,
  Ctx,
  Field,
  FieldResolver,
  InputType,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import { type Context, signedIn } from '../platform/context.ts'
import type { Topics } from '../platform/events.ts'
import { formatCny } from '../platform/money.ts'
import { PageArgs, pageQuery, toConnection } from '../platform/page.ts'
import type { Balances, Pool } from './balances.ts'
import type { Ledger } from './ledger.ts'
import type { LedgerEntry } from './statement.ts'
import type { PoolSummary } from './summary.ts'
import {
  BalanceChangedEvent,
  LedgerEntryConnection,
  LedgerEntryKind,
  type LedgerEntryType,
  PoolKind,
  PoolSummaryType,
  type PoolType,
  WalletType,
} from './wallet.type.ts'

type WalletContext = Pick<Context, 'viewer'> & { ledger: Ledger }

@InputType({ description: 'All that are given must hold.' })
class LedgerEntryFilter {
  @Field(() => LedgerEntryKind, { nullable: true, description: 'Entries for this reason only.' })
  kind?: LedgerEntryKind
  @Field(() => PoolKind, { nullable: true, description: 'Entries of this pool only.' }) pool?: PoolKind
  @Field(() => Date, { nullable: true, description: 'From this instant on.' }) from?: Date
  @Field(() => Date, { nullable: true, description: 'Before this instant.' }) to?: Date
}

@ArgsType()
class EntriesArgs extends PageArgs {
  @Field(() => LedgerEntryFilter, { nullable: true, description: 'Null: every entry.' })
  filter?: LedgerEntryFilter
}

@ArgsType()
class RangeArgs {
  @Field(() => Date, { nullable: true, description: 'Inclusive; null: since the account was opened.' })
  from?: Date
  @Field(() => Date, { nullable: true, description: 'Exclusive; null: until now.' }) to?: Date
}

@Resolver(() => WalletType)
export class WalletResolver {
  @FieldResolver(() => LedgerEntryConnection, { description: 'Every change of a pool, newest first.' })
  async entries(
    @Root() wallet: WalletType,
    @Args(() => EntriesArgs) { filter, ...page }: EntriesArgs,
    @Ctx() ctx: WalletContext,
  ) {
    const query = pageQuery(page)
    const entries = await ctx.ledger.entries(wallet.id, query, filter)
    return toConnection(entries.map(entryType), query, ({ id }) => id)
  }

  @FieldResolver(() => [PoolSummaryType], { description: 'A statement of the three pools over [from, to).' })
  async statement(
    @Root() wallet: WalletType,
    @Args(() => RangeArgs) range: RangeArgs,
    @Ctx() ctx: WalletContext,
  ) {
    return (await ctx.ledger.summary(wallet.id, range)).map(summaryType)
  }

  @Authorized()
  @Subscription(() => BalanceChangedEvent, {
    topics: 'balanceChanged' satisfies keyof Topics,
    topicId: ({ context }) => signedIn(context as WalletContext).id,
    description: 'Fires when a pool of the viewer changed.',
  })
  async balanceChanged(
    @Root() { sequence }: { sequence: bigint },
    @Ctx() ctx: WalletContext,
  ): Promise<BalanceChangedEvent> {
    return { sequence, wallet: walletType(await ctx.ledger.balances(signedIn(ctx).id)) }
  }
}

@Resolver(() => ViewerType)
export class ViewerWalletResolver {
  @FieldResolver(() => WalletType, {
    description: 'What the viewer has left; balances are those of this moment.',
  })
  async wallet(@Root() viewer: ViewerType, @Ctx() ctx: WalletContext): Promise<WalletType> {
    return walletType(await ctx.ledger.balances(viewer.id))
  }
}

export const walletType = ({ accountId, bonusTokens, quota, wallet, pools, asOf }: Balances): WalletType => ({
  id: accountId,
  bonusTokens,
  quota,
  wallet,
  spendable: quota + wallet,
  pools: pools.map(poolType),
  asOf,
})

const poolType = ({ id, kind, remaining, granted, expiresAt, models }: Pool): PoolType => ({
  id,
  kind: kind as PoolKind,
  ...inUnit(kind, remaining),
  granted: granted === null ? null : inText(kind, granted),
  expiresAt,
  models,
})

const entryType = ({ id, kind, pool, amount, balanceAfter, ...entry }: LedgerEntry): LedgerEntryType => ({
  id: id.toString(),
  kind: kind as LedgerEntryKind,
  pool: pool as PoolKind,
  ...inUnit(pool, amount),
  balanceAfter: inText(pool, balanceAfter),
  reference: entry.reference,
  note: entry.note,
  createdAt: entry.createdAt,
})

const summaryType = ({ pool, opening, in: income, out, closing, ended }: PoolSummary): PoolSummaryType => ({
  pool: pool as PoolKind,
  opening: inText(pool, opening),
  in: inText(pool, income),
  out: inText(pool, out),
  closing: inText(pool, closing),
  ended: inText(pool, ended),
})

const inUnit = (kind: Pool['kind'], amount: bigint) =>
  kind === 'bonus' ? { tokens: amount, money: null } : { tokens: null, money: amount }

const inText = (kind: Pool['kind'], amount: bigint) =>
  kind === 'bonus' ? amount.toString() : formatCny(amount)
