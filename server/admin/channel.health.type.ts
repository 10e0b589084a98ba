import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql'

/** Values are the relay's. */
export enum ChannelHealthStateEnum {
  WELL = 'well',
  UNUSED = 'unused',
  PARTLY_RESTING = 'partly_resting',
  RESTING = 'resting',
  PROBING = 'probing',
}
registerEnumType(ChannelHealthStateEnum, {
  name: 'ChannelHealthState',
  description:
    'Unused: nothing was asked lately. Resting: it failed and is not asked until its rest ends; then one request probes it.',
  valuesConfig: {
    WELL: { description: 'It answers.' },
    UNUSED: { description: 'Nothing was asked of it lately.' },
    PARTLY_RESTING: { description: 'Some of its keys rest, others are asked.' },
    RESTING: { description: 'It failed and is not asked until `openUntil`.' },
    PROBING: { description: 'Its rest is over; one request tries it.' },
  },
})

@ObjectType('ChannelError', { description: 'The last fault that was the channel’s own.' })
export class ChannelErrorType {
  @Field(() => String, { description: '`http_429`, `timeout`, `econnrefused` …' }) code!: string
  @Field(() => Date, { description: 'When it happened.' }) at!: Date
  @Field(() => String, {
    description:
      'What happened, with the code that the upstream gave for it. Its sentence is not kept: it may quote a prompt.',
  })
  message!: string
}

@ObjectType('ChannelHealth', { description: 'Over all processes, a few seconds old at most.' })
export class ChannelHealthType {
  @Field(() => ChannelHealthStateEnum, { description: 'Whether it is asked now.' })
  state!: ChannelHealthStateEnum
  @Field(() => Float, { nullable: true, description: '0 to 1, of the last five minutes.' })
  successRate5m!: number | null
  @Field(() => Int, { nullable: true, description: 'Median of the last streams, in ms.' })
  ttftP50!: number | null
  @Field(() => ChannelErrorType, { nullable: true, description: 'Null: none is remembered.' })
  lastError!: ChannelErrorType | null
  @Field(() => Date, { nullable: true, description: 'When the rest ends; null: it does not rest.' })
  openUntil!: Date | null
}
