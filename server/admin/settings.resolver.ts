import { ArrayMaxSize, ArrayMinSize, MaxLength, ValidateNested } from 'class-validator'
import {
  Arg,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
} from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { listSettings, type SettingsContext, updateSettings } from './settings.ts'

enum SettingGroupType {
  SITE = 'site',
  BONUSES = 'bonuses',
  LIMITS = 'limits',
  RETENTION = 'retention',
}
registerEnumType(SettingGroupType, { name: 'SettingGroup' })

enum SettingKindType {
  LINE = 'line',
  TEXT = 'text',
  COUNT = 'count',
}
registerEnumType(SettingKindType, {
  name: 'SettingKind',
  valuesConfig: { TEXT: { description: 'Several lines.' }, COUNT: { description: 'A whole number.' } },
})

@ObjectType('Setting', { description: 'What an operator may change while the server runs.' })
class SettingType {
  @Field(() => ID, { description: 'The key.' }) id!: string
  @Field(() => String) key!: string
  @Field(() => SettingGroupType) group!: string
  @Field(() => SettingKindType) kind!: string
  @Field(() => Int, { description: 'Of a count its value, of a text its length.' }) minimum!: number
  @Field(() => Int) maximum!: number
  @Field(() => String) value!: string
  @Field(() => String, { description: 'What holds while nobody has decided: an example.' }) standard!: string
  @Field(() => Date, { nullable: true, description: 'Null: nobody has decided.' }) changedAt!: Date | null
  @Field(() => String, { nullable: true, description: "The administrator's address." })
  changedBy!: string | null
}

const CHANGES_MAX = 50
const TEXT_MAX = 20_000

@InputType()
class SettingChangeInput {
  @Field(() => ID) @MaxLength(60) key!: string
  @Field(() => String) @MaxLength(TEXT_MAX) value!: string
  @Field(() => String, { description: 'The value that you saw: refused when it is another by now.' })
  @MaxLength(TEXT_MAX)
  seen!: string
}

@InputType()
class UpdateSettingsInput {
  @Field(() => [SettingChangeInput])
  @ArrayMinSize(1)
  @ArrayMaxSize(CHANGES_MAX)
  @ValidateNested({ each: true })
  changes!: SettingChangeInput[]
}

@ObjectType()
class UpdateSettingsPayload {
  @Field(() => [SettingType]) settings!: SettingType[]
}

@Resolver(() => SettingType)
export class SettingsResolver {
  @Query(() => [SettingType], { description: 'For administrators, in the order of the form.' })
  settings(@Ctx() ctx: Context) {
    return listSettings(ctx)
  }

  @Mutation(() => UpdateSettingsPayload, {
    description: 'For administrators: all of them or none; in force in every process at once.',
  })
  async updateSettings(
    @Ctx() ctx: SettingsContext,
    @Arg('input', () => UpdateSettingsInput) { changes }: UpdateSettingsInput,
  ) {
    return { settings: await updateSettings(ctx, changes) }
  }
}
