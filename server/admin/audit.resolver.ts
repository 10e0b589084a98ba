import { MaxLength } from 'class-validator'
import {
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { connectionOf, PageArgs } from '../platform/page.ts'
import { readDetail } from './audit.detail.ts'
import { type AuditEntry, listAudit, listAuditActions } from './audit.ts'

@ObjectType({ description: 'One field that an administrator changed.' })
class AuditChange {
  @Field(() => String, { description: 'As the record names it, such as `priority` or `models.qwen3-max`.' })
  field!: string
  @Field(() => String, { nullable: true, description: 'As text; null: it had no value.' }) before!:
    string | null
  @Field(() => String, { nullable: true, description: 'As text; null: it has no value any more.' }) after!:
    string | null
}

@ObjectType({ description: 'Something else that was written down with a deed.' })
class AuditFact {
  @Field(() => String, { description: 'What it is about.' }) name!: string
  @Field(() => String, { description: 'As text.' }) value!: string
}

@ObjectType('AuditEntry', { description: 'Something an administrator did. Never edited.' })
class AuditEntryType {
  @Field(() => ID, { description: 'Grows with time.' }) id!: string
  @Field(() => String, { description: "The administrator's address." }) actor!: string
  @Field(() => ID, { description: "The administrator's account." }) actorId!: string
  @Field(() => String, { description: 'What was done: one of `auditActions`.' }) action!: string
  @Field(() => String, { description: 'The id of the account, channel, model … it was done to.' })
  target!: string
  @Field(() => String, { nullable: true, description: 'The address, when it was done to an account.' })
  targetEmail!: string | null
  @Field(() => String, {
    nullable: true,
    description: 'What the channel, announcement or batch of codes is called. Null: its id says it.',
  })
  targetName!: string | null
  @Field(() => String, { nullable: true, description: "The administrator's own words." })
  reason!: string | null
  @Field(() => String, { nullable: true, description: 'The address it was done from.' }) ip!: string | null
  @Field(() => String, { description: 'What was written down of the deed, as a JSON object.' })
  detail!: string
  @Field(() => Date, { description: 'When it was done.' }) createdAt!: Date
}
const AuditEntryConnection = connectionOf('AuditEntry', AuditEntryType)

@InputType({ description: 'All that are given must hold.' })
class AuditFilter {
  @Field(() => String, { nullable: true, description: "Part of the administrator's address." })
  @MaxLength(254)
  actor?: string
  @Field(() => String, { nullable: true, description: 'One of `auditActions`, whole.' })
  @MaxLength(60)
  action?: string
  @Field(() => String, {
    nullable: true,
    description: 'An id, or part of the address of the account it was done to.',
  })
  @MaxLength(254)
  target?: string
  @Field(() => Date, { nullable: true, description: 'From this instant on.' }) from?: Date
  @Field(() => Date, { nullable: true, description: 'Before this instant.' }) to?: Date
}

@ArgsType()
class AuditArgs extends PageArgs {
  @Field(() => AuditFilter, { nullable: true, description: 'Null: everything.' }) filter?: AuditFilter
}

@Resolver(() => AuditEntryType)
export class AuditResolver {
  @Query(() => AuditEntryConnection, {
    description: 'For administrators: what administrators did, newest first.',
  })
  auditEntries(@Ctx() ctx: Context, @Args(() => AuditArgs) { filter, ...page }: AuditArgs) {
    return listAudit(ctx, page, filter)
  }

  @Query(() => [String], { description: 'For administrators: the actions that were ever done.' })
  auditActions(@Ctx() ctx: Context) {
    return listAuditActions(ctx)
  }

  @FieldResolver(() => [AuditChange], { description: 'What changed, from what to what.' })
  changes(@Root() { detail }: AuditEntry) {
    return readDetail(detail).changes
  }

  @FieldResolver(() => [AuditFact], { description: 'What else was written down with it, such as an amount.' })
  facts(@Root() { detail }: AuditEntry) {
    return readDetail(detail).facts
  }
}
