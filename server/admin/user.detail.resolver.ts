import { Args, Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql'
import { sessionsOf } from '../identity/session.list.ts'
import { SessionConnection } from '../identity/session.resolver.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { walletType } from '../ledger/wallet.resolver.ts'
import { WalletType } from '../ledger/wallet.type.ts'
import type { Context } from '../platform/context.ts'
import { PageArgs, pageQuery, toConnection } from '../platform/page.ts'
import { PlanSubscriptionType } from '../plans/plan.type.ts'
import { limitsOf, termsOf } from '../plans/plans.ts'
import { subscriptionOf } from '../plans/subscription.resolver.ts'
import { ApiTokenConnection } from '../tokens/token.type.ts'
import { cursorOf, usageRows } from '../usage/usage.ts'
import { UsageRecordConnection } from '../usage/usage.type.ts'
import { tokensOfUser } from './user.access.ts'
import { ManagedUserType } from './user.type.ts'

@ObjectType({ description: 'Where an operator departs from the plan; null: as the plan says.' })
class UserLimits {
  @Field(() => Int, {
    nullable: true,
    description: 'Requests a minute, for each API token; null: as the plan says.',
  })
  requestsPerMinute!: number | null
  @Field(() => Int, {
    nullable: true,
    description: 'API tokens the user may have at a time; null: as the plan says.',
  })
  activeTokensMax!: number | null
  @Field(() => Int, { nullable: true, description: 'Longest prompt in LLM tokens; null: as the plan says.' })
  contextTokensMax!: number | null
  @Field(() => Boolean, { description: 'No limit of the prompt, whatever the plan says.' })
  contextUnlimited!: boolean
}

@ObjectType({ description: 'What holds for a user now: the plan, and what an operator decided beside it.' })
class UserTerms {
  @Field(() => ID, { description: "Of the running subscription, else Free's." }) planId!: string
  @Field(() => String, { description: 'As the shop shows it.' }) planName!: string
  @Field(() => Int, { description: 'Requests a minute, for each API token.' }) requestsPerMinute!: number
  @Field(() => Int, { description: 'API tokens at a time.' }) activeTokensMax!: number
  @Field(() => Int, { nullable: true, description: 'Longest prompt in LLM tokens; null: no limit.' })
  contextTokensMax!: number | null
}

/** Whoever has a ManagedUser is an administrator: these fields look no further. */
@Resolver(() => ManagedUserType)
export class UserDetailResolver {
  @FieldResolver(() => WalletType, { description: 'Pools, entries and statements.' })
  async books(@Root() { id }: ManagedUserType, @Ctx() ctx: Context & { ledger: Ledger }) {
    return walletType(await ctx.ledger.balances(id))
  }

  @FieldResolver(() => UserLimits, { description: 'What an operator decided for this user.' })
  limits(@Root() { id }: ManagedUserType, @Ctx() ctx: Context) {
    return limitsOf(ctx.em, id)
  }

  @FieldResolver(() => UserTerms, { description: 'What follows from the plan and these limits.' })
  terms(@Root() { id }: ManagedUserType, @Ctx() ctx: Context) {
    return termsOf(ctx.em, id, ctx.now())
  }

  @FieldResolver(() => PlanSubscriptionType, { nullable: true, description: 'Null: Free is in force.' })
  subscription(@Root() { id }: ManagedUserType, @Ctx() ctx: Context) {
    return subscriptionOf(ctx, id)
  }

  @FieldResolver(() => ApiTokenConnection, { description: 'Newest first, revoked ones too.' })
  apiTokens(@Root() { id }: ManagedUserType, @Ctx() ctx: Context, @Args(() => PageArgs) page: PageArgs) {
    return tokensOfUser(ctx, id, page)
  }

  @FieldResolver(() => UsageRecordConnection, { description: 'Requests, newest first.' })
  async usageRecords(
    @Root() { id: userId }: ManagedUserType,
    @Ctx() ctx: Context,
    @Args(() => PageArgs) page: PageArgs,
  ) {
    const query = pageQuery(page)
    return toConnection(await usageRows(ctx.sql, { userId, filter: {}, query }), query, cursorOf)
  }

  @FieldResolver(() => SessionConnection, { description: 'Where the user is signed in, newest first.' })
  sessions(@Root() { id }: ManagedUserType, @Ctx() ctx: Context, @Args(() => PageArgs) page: PageArgs) {
    return sessionsOf(ctx, id, page)
  }

  @FieldResolver(() => Int, { description: 'Browsers that are signed in.' })
  async openSessions(@Root() { id }: ManagedUserType, @Ctx() { sql, now }: Context) {
    const [row] = await sql.query<{ open: bigint }>(
      'SELECT count(*) AS open FROM user_session WHERE user_id = $1 AND expires_at > $2',
      [id, now()],
    )
    return Number(row!.open)
  }
}
