import { Ctx, Field, FieldResolver, Float, Int, ObjectType, Resolver, Root } from 'type-graphql'
import { ModelType } from '../catalog/catalog.type.ts'
import type { ModelHealth } from './model-health.ts'

@ObjectType('ModelHealth', {
  description: "Measured on requests of the last 24 hours that were not the caller's to lose.",
})
class ModelHealthType {
  @Field(() => Float, { description: 'Share of requests that were answered whole, 0 to 1.' })
  successRate!: number
  @Field(() => Int, {
    nullable: true,
    description: 'Median milliseconds to the first token; null when nothing was streamed.',
  })
  ttftP50Ms!: number | null
  @Field(() => Float, {
    nullable: true,
    description: 'LLM tokens a second after the first, on average; null when nothing was streamed.',
  })
  tokensPerSecond!: number | null
}

@ObjectType('ModelRoute', {
  description: 'One of the upstream connections behind a model, without its name.',
})
class ModelRouteType extends ModelHealthType {
  @Field(() => String, { description: 'A letter in place of the name: A, B, C …' }) name!: string
}

@ObjectType('ModelDay', { description: 'How a model did on one day.' })
class ModelDayType {
  @Field(() => String, { description: 'A day of UTC, such as 2026-11-26.' }) day!: string
  @Field(() => Float, { description: "Share of that day's requests that were answered whole, 0 to 1." })
  successRate!: number
}

/** How models do, for everybody. */
@Resolver(() => ModelType)
export class ModelHealthResolver {
  @FieldResolver(() => ModelHealthType, {
    nullable: true,
    description: 'Over the last 24 hours; null below 50 requests.',
  })
  async health(@Root() { id }: ModelType, @Ctx() { modelHealth }: { modelHealth: ModelHealth }) {
    return (await modelHealth.of(id)).health
  }

  @FieldResolver(() => [ModelDayType], {
    description: 'The last 90 days, oldest first; days with fewer than 50 requests are left out.',
  })
  async days(@Root() { id }: ModelType, @Ctx() { modelHealth }: { modelHealth: ModelHealth }) {
    return (await modelHealth.of(id)).days
  }

  @FieldResolver(() => [ModelRouteType], { description: 'Those with at least 50 requests in 24 hours.' })
  async routes(@Root() { id }: ModelType, @Ctx() { modelHealth }: { modelHealth: ModelHealth }) {
    return (await modelHealth.of(id)).routes
  }
}
