import { Field, ID, ObjectType } from 'type-graphql'

/** The signed-in user. Other modules add their fields to it (wallet, API tokens, usage). */
@ObjectType('Viewer', { description: 'Who is signed in, and everything that is theirs.' })
export class ViewerType {
  @Field(() => ID) id!: string
  @Field(() => String) email!: string
  @Field(() => String, { nullable: true }) displayName?: string | null
  @Field(() => Boolean) isAdmin!: boolean
  @Field(() => String, { nullable: true, description: 'Chosen language: "en" or "zh-CN".' })
  locale?: string | null
  @Field(() => String, { description: 'IANA name; days, weeks and months are counted in it.' })
  timeZone!: string
  @Field(() => Date) createdAt!: Date
  @Field(() => Date, { nullable: true, description: 'When the address was proved to be theirs.' })
  emailVerifiedAt?: Date | null
}
