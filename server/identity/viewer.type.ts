import { Field, ID, ObjectType } from 'type-graphql'

/** The signed-in user. Other modules add their fields to it (wallet, API tokens, usage). */
@ObjectType('Viewer', { description: 'Who is signed in, and everything that is theirs.' })
export class ViewerType {
  @Field(() => ID, { description: 'A UUID; stays when the address changes.' }) id!: string
  @Field(() => String, { description: 'What the viewer signs in with; where letters are sent.' })
  email!: string
  @Field(() => String, { nullable: true, description: 'Null: none was chosen.' }) displayName?: string | null
  @Field(() => Boolean, { description: 'Whether the fields for administrators answer.' }) isAdmin!: boolean
  @Field(() => String, { nullable: true, description: 'Chosen language: "en" or "zh-CN".' })
  locale?: string | null
  @Field(() => String, { description: 'IANA name; days, weeks and months are counted in it.' })
  timeZone!: string
  @Field(() => Date, { description: 'When the account was made.' }) createdAt!: Date
  @Field(() => Date, { nullable: true, description: 'When the address was proved to be theirs.' })
  emailVerifiedAt?: Date | null
}
