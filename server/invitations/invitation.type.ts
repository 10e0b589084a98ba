import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Int64 } from '../platform/scalars.ts'

export enum InvitationStatusType {
  WAITING = 'waiting',
  HELD = 'held',
  REWARDED = 'rewarded',
  CAPPED = 'capped',
  REVOKED = 'revoked',
}
registerEnumType(InvitationStatusType, {
  name: 'InvitationStatus',
  valuesConfig: {
    REWARDED: { description: 'Both sides have their bonus.' },
    WAITING: { description: 'The invited account has not paid for anything yet.' },
    HELD: { description: 'The operator looks at it before anything is given.' },
    CAPPED: { description: 'The inviter had enough rewards that month; the invited account got its own.' },
    REVOKED: { description: 'Taken back by an administrator.' },
  },
  description: 'How far an invitation came.',
})

@ObjectType('Invitation', { description: "An account that signed up with somebody's code." })
export class InvitationType {
  @Field(() => ID, { description: 'Stands in the audit.' }) id!: string
  @Field(() => InvitationStatusType, { description: 'How far it came.' }) status!: InvitationStatusType
  @Field(() => String, { description: "The invited account's address, made unreadable." }) invitee!: string
  @Field(() => Int64, { nullable: true, description: 'Bonus tokens for the inviter; null while waiting.' })
  inviterTokens!: bigint | null
  @Field(() => Int64, { nullable: true, description: 'Bonus tokens for the invited; null while waiting.' })
  inviteeTokens!: bigint | null
  @Field(() => Date, { description: 'When the invited account signed up.' }) createdAt!: Date
  @Field(() => Date, { nullable: true, description: 'When the bonus was given; null while waiting.' })
  rewardedAt!: Date | null
}

@ObjectType({ description: 'Both sides of an invitation, as administrators see them.' })
export class InvitationParties {
  @Field(() => ID, { description: 'Whose code it was.' }) inviterId!: string
  @Field(() => String, { description: 'As it is now.' }) inviterEmail!: string
  @Field(() => ID, { description: 'Who signed up with it.' }) inviteeId!: string
  @Field(() => String, { description: 'As it is now.' }) inviteeEmail!: string
  @Field(() => String, {
    nullable: true,
    description: 'The words of whoever holds the reward; null while nobody does.',
  })
  heldBecause!: string | null
}

export const InvitationConnection = connectionOf('Invitation', InvitationType)

@ObjectType({ description: "The viewer's own invitation, and what it brings." })
export class InviteOffer {
  @Field(() => String, { description: 'What `signUp` takes as `inviteCode`; it does not change.' })
  code!: string
  @Field(() => String, { description: 'A page to sign up on, with the code filled in.' }) url!: string
  @Field(() => Int, { description: 'Bonus tokens for the viewer; 0: none are given.' }) inviterTokens!: number
  @Field(() => Int, { description: 'Bonus tokens for the invited account; 0: none are given.' })
  inviteeTokens!: number
  @Field(() => Int, { description: 'How many days both bonuses last from the day they are given.' })
  days!: number
  @Field(() => Int, { description: 'Rewards an inviter may get in a calendar month.' }) perMonth!: number
}

@ObjectType({ description: 'How far invitations came.' })
export class InvitationFunnel {
  @Field(() => Int, {
    description: 'How often the link was opened: once a browser and day. Nothing else of a visit is kept.',
  })
  clicked!: number
  @Field(() => Int, { description: 'Accounts that signed up with a code.' }) signedUp!: number
  @Field(() => Int, { description: 'How many of them made a request.' }) used!: number
  @Field(() => Int, { description: 'How many of them brought the inviter a reward.' }) rewarded!: number
  @Field(() => Int64, { description: 'Bonus tokens that the inviter was given for them.' }) tokens!: bigint
}
