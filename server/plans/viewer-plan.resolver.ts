import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import type { User } from '../identity/user.entity.ts'
import { ViewerType } from '../identity/viewer.type.ts'
import type { Context } from '../platform/context.ts'
import { termsOf } from './plans.ts'

@Resolver(() => ViewerType)
export class ViewerPlanResolver {
  @FieldResolver(() => String, { description: 'The plan in force: the running subscription, else Free.' })
  async planName(@Root() user: User, @Ctx() ctx: Context) {
    return (await termsOf(ctx.em, user.id, ctx.now())).planName
  }

  @FieldResolver(() => Int, { description: 'Requests a minute that the plan allows each API token.' })
  async requestsPerMinute(@Root() user: User, @Ctx() ctx: Context) {
    return (await termsOf(ctx.em, user.id, ctx.now())).requestsPerMinute
  }
}
