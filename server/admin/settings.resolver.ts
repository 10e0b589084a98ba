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
registerEnumType(SettingGroupType, {
  name: 'SettingGroup',
  description: 'Where a setting stands in the form.',
  valuesConfig: {
    SITE: { description: 'What the service is called, and how its operator is reached.' },
    BONUSES: { description: 'What sign-up and invitations give.' },
    LIMITS: { description: 'How often bonuses are given.' },
    RETENTION: { description: 'How long records are kept.' },
  },
})

enum SettingKindType {
  LINE = 'line',
  TEXT = 'text',
  COUNT = 'count',
}
registerEnumType(SettingKindType, {
  name: 'SettingKind',
  valuesConfig: {
    LINE: { description: 'One line of text.' },
    TEXT: { description: 'Several lines.' },
    COUNT: { description: 'A whole number.' },
  },
  description: 'How `value` is to be read.',
})

@ObjectType('Setting', { description: 'What an operator may change while the server runs.' })
class SettingType {
  @Field(() => ID, { description: 'The same as `key`.' }) id!: string
  @Field(() => String, { description: 'Such as `siteName`; what `updateSettings` takes.' }) key!: string
  @Field(() => SettingGroupType, { description: 'Where it stands in the form.' }) group!: string
  @Field(() => SettingKindType, { description: 'How `value` is to be read.' }) kind!: string
  @Field(() => Int, { description: 'Of a count its value, of a text its length.' }) minimum!: number
  @Field(() => Int, { description: 'Of a count its value, of a text its length.' }) maximum!: number
  @Field(() => String, { description: 'What holds now, as text; a count in digits.' }) value!: string
  @Field(() => String, { description: 'What holds while nobody has decided: an example.' }) standard!: string
  @Field(() => Date, { nullable: true, description: 'Null: nobody has decided.' }) changedAt!: Date | null
  @Field(() => String, { nullable: true, description: "The administrator's address." })
  changedBy!: string | null
}

const CHANGES_MAX = 50
const TEXT_MAX = 20_000

@InputType({ description: 'One setting, and its new value.' })
class SettingChangeInput {
  @Field(() => ID, { description: 'A `key` of `settings`.' }) @MaxLength(60) key!: string
  @Field(() => String, { description: 'As text, within `minimum` and `maximum`.' })
  @MaxLength(TEXT_MAX)
  value!: string
  @Field(() => String, { description: 'The value that you saw: refused when it is another by now.' })
  @MaxLength(TEXT_MAX)
  seen!: string
}

@InputType({ description: 'What to change together.' })
class UpdateSettingsInput {
  @Field(() => [SettingChangeInput], {
    description: '1 to 50. Errors: setting_changed_meanwhile, invalid_request; `param` names the setting.',
  })
  @ArrayMinSize(1)
  @ArrayMaxSize(CHANGES_MAX)
  @ValidateNested({ each: true })
  changes!: SettingChangeInput[]
}

@ObjectType({ description: 'The settings after the change.' })
class UpdateSettingsPayload {
  @Field(() => [SettingType], { description: 'All of them, in the order of the form.' })
  settings!: SettingType[]
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
