import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { Money } from '../platform/scalars.ts'
import { ManagedModelPayload, ManagedModelType } from './model.type.ts'
import {
  listManagedModels,
  listModelPrices,
  type ModelsContext,
  setModelPrice,
  setModelVisible,
} from './models.ts'

@InputType({ description: 'CNY per 1,000,000 LLM tokens, at most six decimals.' })
class SetModelPriceInput {
  @Field(() => ID, { description: "The model's id in the catalogue. Error: model_not_found." })
  modelId!: string
  @Field(() => Money, { description: 'For input that is not cached; zero: free.' }) input!: bigint
  @Field(() => Money, { nullable: true, description: 'Null: cached input costs what input costs.' })
  cachedInput?: bigint | null
  @Field(() => Money, { description: 'For output, reasoning included; zero: free.' }) output!: bigint
  @Field(() => Date, { nullable: true, description: 'Absent: now. A moment to come announces it.' })
  from?: Date | null
}

@ObjectType('PriceRecord', { description: 'A price that held, holds or will; CNY per 1,000,000 LLM tokens.' })
class PriceRecordType {
  @Field(() => ID, { description: 'What receipts name as `priceVersionId`.' }) id!: string
  @Field(() => Money, { description: 'For input that is not cached.' }) input!: bigint
  @Field(() => Money, { nullable: true, description: 'Null: cached input costs what input costs.' })
  cachedInput!: bigint | null
  @Field(() => Money, { description: 'For output, reasoning included.' }) output!: bigint
  @Field(() => Boolean, { description: 'True: the price it came with.' }) isExample!: boolean
  @Field(() => Date, { description: 'From this moment on.' }) from!: Date
}

@InputType({ description: 'Which model, and whether it is offered.' })
class SetModelVisibleInput {
  @Field(() => ID, { description: "The model's id in the catalogue. Error: model_not_found." })
  modelId!: string
  @Field(() => Boolean, { description: 'False: not in the catalogue, and answers 404.' }) visible!: boolean
}

@Resolver()
export class AdminResolver {
  @Query(() => [ManagedModelType], { description: 'For administrators: hidden ones too.' })
  managedModels(@Ctx() ctx: Context) {
    return listManagedModels(ctx)
  }

  @Query(() => [PriceRecordType], {
    description: 'For administrators: the latest 50, those to come too; latest first.',
  })
  modelPrices(
    @Ctx() ctx: Context,
    @Arg('modelId', () => ID, { description: "The model's id in the catalogue. Error: model_not_found." })
    modelId: string,
  ) {
    return listModelPrices(ctx, modelId)
  }

  @Mutation(() => ManagedModelPayload, {
    description:
      'For administrators: a new price version, from now on or announced; requests that were admitted before keep theirs. Error: model_not_found.',
  })
  async setModelPrice(
    @Ctx() ctx: ModelsContext,
    @Arg('input', () => SetModelPriceInput) { modelId, ...price }: SetModelPriceInput,
  ) {
    return { model: await setModelPrice(ctx, modelId, price) }
  }

  @Mutation(() => ManagedModelPayload, {
    description:
      'For administrators: offers a model, or hides it; a hidden one answers 404. Error: model_not_found.',
  })
  async setModelVisible(
    @Ctx() ctx: ModelsContext,
    @Arg('input', () => SetModelVisibleInput) { modelId, visible }: SetModelVisibleInput,
  ) {
    return { model: await setModelVisible(ctx, modelId, visible) }
  }
}
