import { Length } from 'class-validator'
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql'
import type { Client } from '../identity/sessions.ts'
import type { Attempts } from '../platform/attempts.ts'
import { holdInvitation, releaseInvitation } from './holds.ts'
import { InvitationType } from './invitation.type.ts'
import { type InvitationsContext, revokeInvitation } from './invitations.ts'
import { countInvitationVisit } from './visits.ts'

/** What an administrator decides about an invitation. */
@InputType()
class DecisionInput {
  @Field(() => ID, { description: 'Of the invitation.' }) id!: string
  @Field(() => String, { description: '3 to 200 characters, kept in the audit.' })
  @Length(3, 200)
  reason!: string
}

@InputType({ description: 'Which invitation, and why.' })
class RevokeInvitationInput extends DecisionInput {}

@ObjectType({ description: 'The invitation that was taken back.' })
class RevokeInvitationPayload {
  @Field(() => InvitationType, { description: 'As it is now.' }) invitation!: unknown
}

@InputType({ description: 'Whose reward has to wait, and why.' })
class HoldInvitationInput extends DecisionInput {}

@ObjectType({ description: 'The invitation that is held.' })
class HoldInvitationPayload {
  @Field(() => InvitationType, { description: 'As it is now.' }) invitation!: unknown
}

@InputType({ description: 'Whose reward need not wait any more, and why.' })
class ReleaseInvitationInput extends DecisionInput {}

@ObjectType({ description: 'The invitation that was released.' })
class ReleaseInvitationPayload {
  @Field(() => InvitationType, { description: 'As it is now.' }) invitation!: unknown
}

@InputType({ description: 'Whose link was opened.' })
class CountInvitationVisitInput {
  @Field(() => String, { description: 'What stands behind `invite=` in the link; at most 20 characters.' })
  @Length(1, 20)
  code!: string
}

@ObjectType({ description: 'A visit is counted, or the code is nobody’s: that is not told.' })
class CountInvitationVisitPayload {
  @Field(() => Boolean, { description: 'Always true.' }) ok!: boolean
}

/** What is done with invitations. */
@Resolver()
export class InvitationDeedsResolver {
  @Mutation(() => RevokeInvitationPayload, {
    description:
      'For administrators: takes back what is left of both rewards and pays none later. Error: invitation_not_found.',
  })
  async revokeInvitation(
    @Ctx() ctx: InvitationsContext,
    @Arg('input', () => RevokeInvitationInput) { id, reason }: RevokeInvitationInput,
  ) {
    return { invitation: await revokeInvitation(ctx, id, reason) }
  }

  @Mutation(() => HoldInvitationPayload, {
    description:
      'For administrators: a reward that is not given yet waits until it is released; the inviter sees that, not why. Errors: invitation_not_found, invitation_not_pending.',
  })
  async holdInvitation(
    @Ctx() ctx: InvitationsContext,
    @Arg('input', () => HoldInvitationInput) input: HoldInvitationInput,
  ) {
    return { invitation: await holdInvitation(ctx, input) }
  }

  @Mutation(() => ReleaseInvitationPayload, {
    description:
      'For administrators: a held reward goes on; what is due by now is given at once. Errors: invitation_not_found, invitation_not_held.',
  })
  async releaseInvitation(
    @Ctx() ctx: InvitationsContext,
    @Arg('input', () => ReleaseInvitationInput) input: ReleaseInvitationInput,
  ) {
    return { invitation: await releaseInvitation(ctx, input) }
  }

  @Mutation(() => CountInvitationVisitPayload, {
    description:
      'Counts that an invitation link was opened; the console tells it once a browser and day. Nothing of the visitor is kept.',
  })
  async countInvitationVisit(
    @Ctx() ctx: InvitationsContext & { attempts: Attempts; client: Client },
    @Arg('input', () => CountInvitationVisitInput) { code }: CountInvitationVisitInput,
  ) {
    await countInvitationVisit(ctx, code)
    return { ok: true }
  }
}
