import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { createSignInLinkForUser, type SignInLink } from './sign-in-links.ts'

@InputType({ description: 'Who cannot sign in.' })
class CreateSignInLinkForUserInput {
  @Field(() => ID, { description: 'Of the account. Errors: user_not_found, user_suspended.' }) userId!: string
}

@ObjectType({ description: 'The link, shown this once.' })
class CreateSignInLinkForUserPayload implements SignInLink {
  @Field(() => String, { description: 'Works once. It is not stored and cannot be shown again.' })
  url!: string
  @Field(() => Date, { description: '24 hours after it was made.' }) expiresAt!: Date
}

@Resolver()
export class SignInLinkResolver {
  @Mutation(() => CreateSignInLinkForUserPayload, {
    description:
      'For administrators: a link with which a user who cannot sign in chooses a new password; earlier ones end.',
  })
  createSignInLinkForUser(
    @Ctx() ctx: Context,
    @Arg('input', () => CreateSignInLinkForUserInput) { userId }: CreateSignInLinkForUserInput,
  ) {
    return createSignInLinkForUser(ctx, userId)
  }
}
