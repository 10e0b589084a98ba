import { Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { type FirstSteps, readFirstSteps } from './first-steps.ts'

@ObjectType('FirstSteps', {
  description: 'What a fresh installation needs before it can earn, as the data have it now.',
})
class FirstStepsType implements FirstSteps {
  @Field(() => Boolean, { description: 'There is a channel, in whatever state.' }) channelConnected!: boolean
  @Field(() => Boolean, { description: 'A channel that is there answered a test call or a request.' })
  channelTested!: boolean
  @Field(() => Boolean, { description: 'A model has a price that is not the example it came with.' })
  priceSet!: boolean
  @Field(() => Boolean, {
    description: 'There are plan terms that are not an example, or an announcement was published.',
  })
  offerMade!: boolean
  @Field(() => Boolean, {
    description: 'Somebody other than administrators and the demo user has an account.',
  })
  customerSignedUp!: boolean
}

@Resolver()
export class FirstStepsResolver {
  @Query(() => FirstStepsType, { description: 'For administrators: what is still to be set up.' })
  firstSteps(@Ctx() ctx: Context) {
    return readFirstSteps(ctx)
  }
}
