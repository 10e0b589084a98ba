import { ArrayMaxSize, Length, Max, MaxLength, Min } from 'class-validator'
import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from 'type-graphql'
import type { TokenizerName } from '../catalog/model.entity.ts'
import { Money } from '../platform/scalars.ts'
import { createModel, updateModel } from './model.settings.ts'
import { ManagedModelPayload, ModelCapability, ModelTokenizer } from './model.type.ts'
import type { ModelsContext } from './models.ts'

const NAMES_MAX = 20
const NAME_MAX = 100
const WORDS_MAX = 2_000
const TOKENS_MAX = 100_000_000
const POSITION_MAX = 10_000

@InputType({ description: 'What both inputs have; costs in CNY per 1,000,000 LLM tokens.' })
class ModelSettingsInput {
  @Field(() => String, { nullable: true, description: 'English, at most 2,000 characters; null: none.' })
  @MaxLength(WORDS_MAX)
  description?: string | null
  @Field(() => String, { nullable: true, description: 'The same in Chinese.' })
  @MaxLength(WORDS_MAX)
  descriptionZh?: string | null
  @Field(() => [String], {
    nullable: true,
    description: 'Other names that callers may send; replaces them all. Error: model_name_taken.',
  })
  @ArrayMaxSize(NAMES_MAX)
  @MaxLength(NAME_MAX, { each: true })
  aliases?: string[]
  @Field(() => Int, {
    nullable: true,
    description: 'Prompt and answer together, in LLM tokens; null: not known.',
  })
  @Min(1)
  @Max(TOKENS_MAX)
  contextLength?: number | null
  @Field(() => Int, { nullable: true, description: 'Longest answer in LLM tokens; null: not known.' })
  @Min(1)
  @Max(TOKENS_MAX)
  maxOutputTokens?: number | null
  @Field(() => [ModelCapability], { nullable: true, description: 'Replaces the whole list.' })
  @ArrayMaxSize(NAMES_MAX)
  capabilities?: string[]
  @Field(() => ModelTokenizer, { nullable: true, description: 'What counts its prompts before a request.' })
  tokenizer?: TokenizerName
  @Field(() => Int, { nullable: true, description: 'Lower comes first in the catalogue.' })
  @Min(0)
  @Max(POSITION_MAX)
  position?: number
  @Field(() => Boolean, { nullable: true, description: 'False: not in the catalogue, and answers 404.' })
  visible?: boolean
  @Field(() => Date, { nullable: true, description: 'Announces its end; null: it stays.' })
  retiresAt?: Date | null
  @Field(() => ID, { nullable: true, description: 'The model to use instead.' })
  @MaxLength(NAME_MAX)
  replacementId?: string | null
  @Field(() => Money, { nullable: true, description: 'What the provider charges; null: not known.' })
  costInput?: bigint | null
  @Field(() => Money, { nullable: true, description: 'Null: what input costs.' })
  costCachedInput?: bigint | null
  @Field(() => Money, { nullable: true, description: 'Null: not known.' }) costOutput?: bigint | null
}

@InputType({ description: 'A new model; it is offered as soon as it has a price.' })
class CreateModelInput extends ModelSettingsInput {
  @Field(() => ID, { description: 'The name to send as `model`; it stays for ever.' })
  @Length(1, NAME_MAX)
  id!: string
  @Field(() => String, { description: 'For people, 1 to 100 characters.' })
  @Length(1, NAME_MAX)
  displayName!: string
  @Field(() => ID, { description: 'Who makes it.' }) @MaxLength(60) providerId!: string
}

@InputType({ description: 'Absent fields stay as they are.' })
class UpdateModelInput extends ModelSettingsInput {
  @Field(() => ID, { description: "The model's id in the catalogue. Error: model_not_found." })
  modelId!: string
  @Field(() => String, { nullable: true, description: 'For people, 1 to 100 characters.' })
  @Length(1, NAME_MAX)
  displayName?: string
  @Field(() => ID, { nullable: true, description: 'Who makes it.' }) @MaxLength(60) providerId?: string
}

@Resolver()
export class ModelSettingsResolver {
  @Mutation(() => ManagedModelPayload, {
    description:
      'For administrators: a new model. It is offered as soon as it has a price. Error: model_name_taken.',
  })
  async createModel(
    @Ctx() ctx: ModelsContext,
    @Arg('input', () => CreateModelInput) { id, ...settings }: CreateModelInput,
  ) {
    return { model: await createModel(ctx, id, settings) }
  }

  @Mutation(() => ManagedModelPayload, {
    description:
      'For administrators: what is said of a model; prices have versions of their own. Errors: model_not_found, model_name_taken.',
  })
  async updateModel(
    @Ctx() ctx: ModelsContext,
    @Arg('input', () => UpdateModelInput) { modelId, ...settings }: UpdateModelInput,
  ) {
    return { model: await updateModel(ctx, modelId, settings) }
  }
}
