import { ArrayMaxSize, MaxLength } from 'class-validator'
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { type MicroPerMillion, PPM_ONE } from '../platform/money.ts'
import { PageArgs } from '../platform/page.ts'
import type { Catalog, CatalogModel } from './catalog.ts'
import {
  ModelConnection,
  ModelDeprecationType,
  ModelPriceType,
  ModelPriceVersionType,
  ModelType,
  UpcomingPriceType,
} from './catalog.type.ts'
import { listModels } from './models.ts'
import type { FrozenModelPrice } from './price.ts'

const PRICES_SHOWN = 50

export type CatalogContext = Context & {
  catalog: Catalog
  /** What the viewer pays of each model's price, in parts per million; undefined when nobody is signed in. */
  viewerDiscount(): Promise<((modelId: string) => bigint) | undefined>
}

@ArgsType()
class ModelsArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description: "Part of the id, another of its names, the name shown or the provider's.",
  })
  @MaxLength(60)
  search?: string
  @Field(() => [ID], {
    nullable: true,
    description: 'Only these, at most 100; an id that nothing has is left out. Null: all.',
  })
  @ArrayMaxSize(100)
  ids?: string[]
}

/** The public catalogue: nobody needs to be signed in to see what there is and what it costs. */
@Resolver(() => ModelType)
export class CatalogResolver {
  @Query(() => ModelConnection, { description: "The public catalogue, in the operator's order." })
  models(@Ctx() { catalog }: CatalogContext, @Args(() => ModelsArgs) { search, ids, ...page }: ModelsArgs) {
    return listModels(catalog, page, { search, ids })
  }

  @Query(() => ModelType, { nullable: true, description: 'By its id or another of its names.' })
  model(
    @Ctx() { catalog }: CatalogContext,
    @Arg('id', () => ID, { description: 'What a caller would send as `model`.' }) id: string,
  ) {
    return catalog.findModel(id) ?? null
  }

  @FieldResolver(() => ModelPriceType, { description: 'The list price that holds now, before any discount.' })
  price(@Root() { price }: CatalogModel) {
    return shown(price, PPM_ONE)
  }

  @FieldResolver(() => UpcomingPriceType, {
    nullable: true,
    description: 'The next price that has been announced, before any discount.',
  })
  nextPrice(@Root() { nextPrice }: CatalogModel) {
    return nextPrice && { ...shown(nextPrice, PPM_ONE), from: nextPrice.from }
  }

  @FieldResolver(() => [ModelPriceVersionType], {
    description:
      'The list prices that held, that which holds, and those announced: oldest first, the last 50.',
  })
  priceHistory(@Root() { priceHistory }: CatalogModel) {
    return priceHistory.slice(-PRICES_SHOWN).map((price) => ({ ...shown(price, PPM_ONE), from: price.from }))
  }

  @FieldResolver(() => ModelDeprecationType, { nullable: true, description: 'Null: no end is announced.' })
  deprecation(@Root() { retiresAt, replacementId }: CatalogModel) {
    return retiresAt && { retiresAt, replacementId }
  }

  @FieldResolver(() => ModelPriceType, {
    nullable: true,
    description: "The viewer's own price, when a plan gives a discount.",
  })
  async viewerPrice(@Root() { id, price }: CatalogModel, @Ctx() ctx: CatalogContext) {
    const discount = (await ctx.viewerDiscount())?.(id) ?? PPM_ONE
    return discount === PPM_ONE ? null : shown(price, discount)
  }
}

/** Prices as people read them, in nano-CNY per million. Rounded to the nano; bills are not made from these. */
function shown(price: FrozenModelPrice, discountPpm: bigint): ModelPriceType {
  const nano = (value: MicroPerMillion) => (value * 1_000n * discountPpm) / PPM_ONE
  return {
    input: nano(price.input),
    cachedInput: price.cachedInput === null ? null : nano(price.cachedInput),
    output: nano(price.output),
    isExample: price.isExample,
  }
}
