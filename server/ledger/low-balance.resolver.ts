import { Arg, Ctx, Field, FieldResolver, InputType, Mutation, ObjectType, Resolver, Root } from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import type { Context } from '../platform/context.ts'
import { Money } from '../platform/scalars.ts'
import { lowBalanceOf, setLowBalanceAlert } from './low-balance.ts'

const DESCRIPTION = 'Quota and wallet together; below it the account is told. Null: never.'

@InputType({ description: 'When to be warned.' })
class SetLowBalanceAlertInput {
  @Field(() => Money, { nullable: true, description: DESCRIPTION }) amount?: bigint | null
}

@ObjectType({ description: 'What holds now.' })
class SetLowBalanceAlertPayload {
  @Field(() => Money, { nullable: true, description: DESCRIPTION }) lowBalanceAlert!: bigint | null
}

@Resolver(() => ViewerType)
export class LowBalanceResolver {
  @FieldResolver(() => Money, { nullable: true, description: DESCRIPTION })
  lowBalanceAlert(@Root() { id }: ViewerType, @Ctx() { sql }: Context) {
    return lowBalanceOf(sql, id)
  }

  @Mutation(() => SetLowBalanceAlertPayload, {
    description:
      'Chooses the balance below which a LOW_BALANCE notification is sent. Error: invalid_request below zero.',
  })
  async setLowBalanceAlert(
    @Ctx() ctx: Context,
    @Arg('input', () => SetLowBalanceAlertInput) { amount }: SetLowBalanceAlertInput,
  ) {
    return { lowBalanceAlert: await setLowBalanceAlert(ctx, amount ?? null) }
  }
}
