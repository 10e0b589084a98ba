import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Int64 } from '../platform/scalars.ts'

export enum InvitationStatusType {
  WAITING = 'waiting',
  REWARDED = 'rewarded',
  CAPPED = 'capped',
  REVOKED = 'revoked',
}
registerEnumType(InvitationStatusType, {
  name: 'InvitationStatus',
  valuesConfig: {
    WAITING: { description: 'The invited account has not paid for anything yet.' },
    CAPPED: { description: 'The inviter had enough rewards that month; the invited account got its own.' },
    REVOKED: { description: 'Taken back by an administrator.' },
  },
})

@ObjectType('Invitation')
export class InvitationType {
  @Field(() => ID) id!: string
  @Field(() => InvitationStatusType) status!: InvitationStatusType
  @Field(() => String, { description: "The invited account's address, made unreadable." }) invitee!: string
  @Field(() => Int64, { nullable: true, description: 'Bonus tokens for the inviter; null while waiting.' })
  inviterTokens!: bigint | null
  @Field(() => Int64, { nullable: true, description: 'Bonus tokens for the invited; null while waiting.' })
  inviteeTokens!: bigint | null
  @Field(() => Date) createdAt!: Date
  @Field(() => Date, { nullable: true }) rewardedAt!: Date | null
}

@ObjectType({ description: 'Both sides of an invitation, as administrators see them.' })
export class InvitationParties {
  @Field(() => ID) inviterId!: string
  @Field(() => String) inviterEmail!: string
  @Field(() => ID) inviteeId!: string
  @Field(() => String) inviteeEmail!: string
}

export const InvitationConnection = connectionOf('Invitation', InvitationType)

@ObjectType({ description: "The viewer's own invitation, and what it brings." })
export class InviteOffer {
  @Field(() => String) code!: string
  @Field(() => String, { description: 'A page to sign up on, with the code filled in.' }) url!: string
  @Field(() => Int) inviterTokens!: number
  @Field(() => Int) inviteeTokens!: number
  @Field(() => Int, { description: 'How long both bonuses last.' }) days!: number
  @Field(() => Int, { description: 'Rewards an inviter may get in a calendar month.' }) perMonth!: number
}

@ObjectType({ description: 'How far invitations came.' })
export class InvitationFunnel {
  @Field(() => Int) signedUp!: number
  @Field(() => Int, { description: 'Made a request.' }) used!: number
  @Field(() => Int, { description: 'Brought the inviter a reward.' }) rewarded!: number
  @Field(() => Int64, { description: 'Bonus tokens of all rewards.' }) tokens!: bigint
}
