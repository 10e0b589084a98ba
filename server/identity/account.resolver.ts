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
import { ViewerType } from './viewer.type.ts'

@InputType()
class SignUpInput {
  @Field(() => String) @IsEmail() @MaxLength(254) email!: string
  @Field(() => String, { description: 'At least ten characters.' }) @MaxLength(256) password!: string
  @Field(() => String, { nullable: true }) @MaxLength(60) displayName?: string
  @Field(() => String, { nullable: true }) @MaxLength(10) locale?: string
  @Field(() => String, { nullable: true }) @MaxLength(60) timeZone?: string
  @Field(() => String, { nullable: true, description: "Somebody's invitation code." })
  @MaxLength(20)
  inviteCode?: string
}

@InputType()
class SignInInput {
  @Field(() => String) @Length(1, 254) email!: string
  @Field(() => String) @Length(1, 256) password!: string
}

@InputType()
class RedeemSignInLinkInput {
  @Field(() => String) @Length(1, 100) token!: string
}

@InputType()
class ChooseCredentialsInput {
  @Field(() => String) @IsEmail() @MaxLength(254) email!: string
  @Field(() => String, { description: 'At least ten characters.' }) @MaxLength(256) password!: string
}

@InputType({ description: 'Absent fields stay as they are.' })
class UpdateProfileInput {
  @Field(() => String, { nullable: true }) @MaxLength(60) displayName?: string | null
  @Field(() => String, { nullable: true }) @MaxLength(10) locale?: string
  @Field(() => String, { nullable: true }) @MaxLength(60) timeZone?: string
}

@ObjectType()
class SignUpPayload {
  @Field(() => ViewerType) viewer!: User
}

@ObjectType()
class SignInPayload {
  @Field(() => ViewerType) viewer!: User
}

@ObjectType()
class SignOutPayload {
  @Field(() => Boolean) ok!: boolean
}

@ObjectType()
class ChooseCredentialsPayload {
  @Field(() => ViewerType) viewer!: User
}

@ObjectType()
class UpdateProfilePayload {
  @Field(() => ViewerType) viewer!: User
}

@Resolver(() => ViewerType)
export class AccountResolver {
  @Query(() => ViewerType, { nullable: true, description: 'Who is signed in; null when nobody is.' })
  viewer(@Ctx() ctx: IdentityContext) {
    return ctx.viewer ? ctx.em.findOne(User, { id: ctx.viewer.id }) : null
  }

  @Mutation(() => SignUpPayload, { description: 'Makes an account and signs it in with a session cookie.' })
  async signUp(@Ctx() ctx: IdentityContext, @Arg('input', () => SignUpInput) input: SignUpInput) {
    return { viewer: await signUp(ctx, input) }
  }

  @Mutation(() => SignInPayload)
  async signIn(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => SignInInput) { email, password }: SignInInput,
  ) {
    return { viewer: await signIn(ctx, email, password) }
  }

  @Mutation(() => SignOutPayload, { description: 'Ends this session at once.' })
  async signOut(@Ctx() ctx: IdentityContext) {
    await signOut(ctx)
    return { ok: true }
  }

  @Mutation(() => SignInPayload, { description: 'Uses a one-time sign-in link.' })
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
    return user.isAdmin && !user.passwordHash
  }

  @Mutation(() => ChooseCredentialsPayload, { description: "The first administrator's, once." })
  async chooseCredentials(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => ChooseCredentialsInput) { email, password }: ChooseCredentialsInput,
  ) {
    return { viewer: await chooseCredentials(ctx, email, password) }
  }

  @Mutation(() => UpdateProfilePayload)
  async updateProfile(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => UpdateProfileInput) input: UpdateProfileInput,
  ) {
    return { viewer: await updateProfile(ctx, input) }
  }
}
