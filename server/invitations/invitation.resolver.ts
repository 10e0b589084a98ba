import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import { PageArgs } from '../platform/page.ts'
import {
  InvitationConnection,
  InvitationFunnel,
  InvitationParties,
  InvitationType,
  InviteOffer,
} from './invitation.type.ts'
import {
  type InvitationsContext,
  invitationFunnel,
  inviteCodeOf,
  listAllInvitations,
  listInvitations,
  wholeFunnel,
} from './invitations.ts'

@Resolver(() => ViewerType)
export class ViewerInvitationsResolver {
  @FieldResolver(() => InvitationConnection, { description: 'Whom the viewer invited, newest first.' })
  invitations(@Ctx() ctx: InvitationsContext, @Args(() => PageArgs) page: PageArgs) {
    return listInvitations(ctx, page)
  }

  @FieldResolver(() => InvitationFunnel, { description: 'How far those whom the viewer invited came.' })
  invitationFunnel(@Ctx() ctx: InvitationsContext) {
    return invitationFunnel(ctx)
  }

  @FieldResolver(() => InviteOffer, { description: 'What to pass on, and what it brings.' })
  async inviteOffer(@Ctx() ctx: InvitationsContext): Promise<InviteOffer> {
    const { inviterBonusTokens, inviteeBonusTokens, invitationBonusDays, invitationsPerMonth } =
      ctx.settings.values
    const code = await inviteCodeOf(ctx)
    return {
      code,
      url: `${ctx.config.publicUrl}/register?invite=${code}`,
      inviterTokens: inviterBonusTokens,
      inviteeTokens: inviteeBonusTokens,
      days: invitationBonusDays,
      perMonth: invitationsPerMonth,
    }
  }
}

@Resolver(() => InvitationType)
export class InvitationResolver {
  @Query(() => InvitationConnection, {
    description: "For administrators: everybody's invitations, newest first.",
  })
  invitations(
    @Ctx() ctx: InvitationsContext,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('userId', () => ID, { nullable: true, description: 'Those of one user, on either side.' })
    userId?: string,
  ) {
    return listAllInvitations(ctx, page, userId ?? undefined)
  }

  @Query(() => InvitationFunnel, { description: 'For administrators: all invitations together.' })
  invitationFunnel(@Ctx() ctx: InvitationsContext) {
    return wholeFunnel(ctx)
  }

  @FieldResolver(() => InvitationParties, {
    nullable: true,
    description: 'For administrators: who invited whom; null for others.',
  })
  parties(@Root() invitation: InvitationParties, @Ctx() { viewer }: InvitationsContext) {
    return viewer?.isAdmin ? invitation : null
  }
}
