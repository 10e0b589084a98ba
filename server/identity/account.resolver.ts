import { IsEmail, Length, MaxLength } from 'class-validator'
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql'
import { chooseCredentials, redeemSignInLink, signIn, signOut, signUp, updateProfile } from './accounts.ts'
import type { IdentityContext } from './sessions.ts'
import { User } from './user.entity.ts'
import { mustChoose } from './verification.ts'
import { ViewerType } from './viewer.type.ts'

@InputType({ description: 'A new account.' })
class SignUpInput {
  @Field(() => String, { description: 'At most 254 characters; `email_taken` when it has an account.' })
  @IsEmail()
  @MaxLength(254)
  email!: string
  @Field(() => String, { description: 'At least ten characters; common ones are refused.' })
  @MaxLength(256)
  password!: string
  @Field(() => String, { nullable: true, description: 'For people, at most 60 characters.' })
  @MaxLength(60)
  displayName?: string
  @Field(() => String, {
    nullable: true,
    description: '"en" or "zh-CN"; absent: the account has no chosen language.',
  })
  @MaxLength(10)
  locale?: string
  @Field(() => String, { nullable: true, description: 'IANA name; absent: Asia/Shanghai.' })
  @MaxLength(60)
  timeZone?: string
  @Field(() => String, {
    nullable: true,
    description: "The `code` of somebody's `inviteOffer`; both get a bonus when the new account first pays.",
  })
  @MaxLength(20)
  inviteCode?: string
}

@InputType({ description: 'Address and password of an account.' })
class SignInInput {
  @Field(() => String, { description: 'Capital letters do not matter.' }) @Length(1, 254) email!: string
  @Field(() => String, { description: 'Error: wrong_credentials, whichever of the two is wrong.' })
  @Length(1, 256)
  password!: string
}

@InputType({ description: 'The secret of a link.' })
class RedeemSignInLinkInput {
  @Field(() => String, { description: 'What the link carries; it works once.' })
  @Length(1, 100)
  token!: string
}

@InputType({ description: 'What the first administrator will sign in with.' })
class ChooseCredentialsInput {
  @Field(() => String, { description: 'At most 254 characters; `email_taken` when it has an account.' })
  @IsEmail()
  @MaxLength(254)
  email!: string
  @Field(() => String, { description: 'At least ten characters; common ones are refused.' })
  @MaxLength(256)
  password!: string
  @Field(() => String, { nullable: true, description: '"en" or "zh-CN"; absent: as it is.' })
  @MaxLength(10)
  locale?: string
  @Field(() => String, { nullable: true, description: 'IANA name; absent: as it is.' })
  @MaxLength(60)
  timeZone?: string
}

@InputType({ description: 'Absent fields stay as they are.' })
class UpdateProfileInput {
  @Field(() => String, { nullable: true, description: 'At most 60 characters; null removes it.' })
  @MaxLength(60)
  displayName?: string | null
  @Field(() => String, { nullable: true, description: '"en" or "zh-CN".' }) @MaxLength(10) locale?: string
  @Field(() => String, {
    nullable: true,
    description: 'IANA name; days, weeks and months of caps follow it from their next reset.',
  })
  @MaxLength(60)
  timeZone?: string
}

@ObjectType({ description: 'The new account, signed in.' })
class SignUpPayload {
  @Field(() => ViewerType, { description: 'Who is signed in now.' }) viewer!: User
}

@ObjectType({ description: 'The account that is signed in.' })
class SignInPayload {
  @Field(() => ViewerType, { description: 'Who is signed in now.' }) viewer!: User
}

@ObjectType({ description: 'The session is over.' })
class SignOutPayload {
  @Field(() => Boolean, { description: 'Always true.' }) ok!: boolean
}

@ObjectType({ description: 'The account after the choice.' })
class ChooseCredentialsPayload {
  @Field(() => ViewerType, { description: 'As it is now.' }) viewer!: User
}

@ObjectType({ description: 'The account after the change.' })
class UpdateProfilePayload {
  @Field(() => ViewerType, { description: 'As it is now.' }) viewer!: User
}

@Resolver(() => ViewerType)
export class AccountResolver {
  @Query(() => ViewerType, { nullable: true, description: 'Who is signed in; null when nobody is.' })
  viewer(@Ctx() ctx: IdentityContext) {
    return ctx.viewer ? ctx.em.findOne(User, { id: ctx.viewer.id }) : null
  }

  @Mutation(() => SignUpPayload, {
    description:
      'Makes an account and signs it in with a session cookie. Errors: email_taken, self_invitation, rate_limit_exceeded.',
  })
  async signUp(@Ctx() ctx: IdentityContext, @Arg('input', () => SignUpInput) input: SignUpInput) {
    return { viewer: await signUp(ctx, input) }
  }

  @Mutation(() => SignInPayload, {
    description: 'Starts a session with a cookie. Errors: wrong_credentials, rate_limit_exceeded.',
  })
  async signIn(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => SignInInput) { email, password }: SignInInput,
  ) {
    return { viewer: await signIn(ctx, email, password) }
  }

  @Mutation(() => SignOutPayload, { description: 'Ends this session at once and clears its cookie.' })
  async signOut(@Ctx() ctx: IdentityContext) {
    await signOut(ctx)
    return { ok: true }
  }

  @Mutation(() => SignInPayload, {
    description:
      'Uses a one-time sign-in link and starts a session. Errors: sign_in_link_invalid, rate_limit_exceeded.',
  })
  async redeemSignInLink(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => RedeemSignInLinkInput) { token }: RedeemSignInLinkInput,
  ) {
    return { viewer: await redeemSignInLink(ctx, token) }
  }

  @FieldResolver(() => Boolean, {
    description: 'True for the first administrator until an address and a password are chosen.',
  })
  needsCredentials(@Root() user: User) {
    return mustChoose(user)
  }

  @Mutation(() => ChooseCredentialsPayload, {
    description:
      'Gives the first administrator an address and a password, once. Errors: credentials_chosen, email_taken.',
  })
  async chooseCredentials(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => ChooseCredentialsInput) input: ChooseCredentialsInput,
  ) {
    return { viewer: await chooseCredentials(ctx, input) }
  }

  @Mutation(() => UpdateProfilePayload, {
    description: 'Changes what the account says of itself. Error: invalid_request.',
  })
  async updateProfile(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => UpdateProfileInput) input: UpdateProfileInput,
  ) {
    return { viewer: await updateProfile(ctx, input) }
  }
}
