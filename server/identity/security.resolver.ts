import { IsEmail, Length, MaxLength } from 'class-validator'
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql'
import { changePassword, requestPasswordReset, resetPassword } from './credentials.ts'
import { deleteAccount } from './deletion.ts'
import type { IdentityContext } from './sessions.ts'
import type { User } from './user.entity.ts'
import {
  confirmEmailChange,
  mustVerify,
  pendingEmailOf,
  requestEmailChange,
  sendVerificationCode,
  verifyEmail,
} from './verification.ts'
import { ViewerType } from './viewer.type.ts'

const PASSWORD_BYTES_MAX = 256

@InputType({ description: 'In which language to write.' })
class SendVerificationCodeInput {
  @Field(() => String, { nullable: true, description: "The letter's language; absent: the account's." })
  @MaxLength(10)
  locale?: string
}

@InputType({ description: 'The code of a letter.' })
class CodeInput {
  @Field(() => String, {
    description: 'The six digits of the latest letter; they work for ten minutes and five tries.',
  })
  @Length(6, 6)
  code!: string
}

@InputType({ description: 'The old and the new password.' })
class ChangePasswordInput {
  @Field(() => String, { description: 'Empty for an account that has no password yet.' })
  @MaxLength(PASSWORD_BYTES_MAX)
  currentPassword!: string
  @Field(() => String, { description: 'At least ten characters; common ones are refused.' })
  @MaxLength(PASSWORD_BYTES_MAX)
  newPassword!: string
}

@InputType({ description: 'Whose password.' })
class RequestPasswordResetInput {
  @Field(() => String, { description: 'Where the link is sent, if it has an account.' })
  @Length(1, 254)
  email!: string
}

@InputType({ description: 'The secret of the link, and the new password.' })
class ResetPasswordInput {
  @Field(() => String, { description: 'The secret of the link.' }) @Length(1, 100) token!: string
  @Field(() => String, { description: 'At least ten characters; common ones are refused.' })
  @MaxLength(PASSWORD_BYTES_MAX)
  newPassword!: string
}

@InputType({ description: 'The new address, and the proof that it is you.' })
class RequestEmailChangeInput {
  @Field(() => String, { description: 'Where the code is sent; at most 254 characters.' })
  @IsEmail()
  @MaxLength(254)
  email!: string
  @Field(() => String, { description: 'The present one. Error: wrong_password.' })
  @MaxLength(PASSWORD_BYTES_MAX)
  password!: string
}

@InputType({ description: 'The proof that it is you.' })
class DeleteAccountInput {
  @Field(() => String, { description: 'Empty for an account that has no password.' })
  @MaxLength(PASSWORD_BYTES_MAX)
  password!: string
}

@ObjectType({ description: 'A code was sent. It works for ten minutes and five tries.' })
class CodeSentPayload {
  @Field(() => Int, { description: 'After how many seconds another may be asked for.' })
  resendAfterSeconds!: number
  @Field(() => ViewerType, { description: 'With `pendingEmail` as it is now.' }) viewer!: User
}

@ObjectType({ description: 'The account after the change.' })
class ViewerPayload {
  @Field(() => ViewerType, { description: 'As it is now.' }) viewer!: User
}

@ObjectType({ description: 'The account with its new password.' })
class ChangePasswordPayload extends ViewerPayload {
  @Field(() => Int, { description: 'Access keys go on working: how many there are.' })
  activeAccessKeys!: number
}

@ObjectType({ description: 'The account with its new password.' })
class ResetPasswordPayload extends ViewerPayload {
  @Field(() => Int, { description: 'How many access keys ended with the old password.' })
  revokedAccessKeys!: number
}

@ObjectType({ description: 'Says nothing about whether there is an account.' })
class RequestPasswordResetPayload {
  @Field(() => Boolean, { description: 'Always true: whether there is such an account is told to nobody.' })
  ok!: boolean
}

@ObjectType({ description: 'The account is gone.' })
class DeleteAccountPayload {
  @Field(() => Boolean, { description: 'Always true.' }) ok!: boolean
}

@Resolver(() => ViewerType)
export class SecurityResolver {
  @FieldResolver(() => Boolean, {
    description: 'Whether the address has still to be proved; false where the server sends no mail.',
  })
  needsEmailVerification(@Ctx() ctx: IdentityContext, @Root() user: User) {
    return mustVerify(ctx, user)
  }

  @FieldResolver(() => Boolean, { description: 'False for accounts that sign in by link only.' })
  hasPassword(@Root() user: User) {
    return Boolean(user.passwordHash)
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'The address that replaces the present one once its code is entered.',
  })
  pendingEmail(@Ctx() ctx: IdentityContext, @Root() user: User) {
    return pendingEmailOf(ctx, user.id)
  }

  @Mutation(() => CodeSentPayload, {
    description:
      "Sends a new code to the viewer's address; the one before ends. Errors: mail_unavailable, rate_limit_exceeded.",
  })
  async sendVerificationCode(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => SendVerificationCodeInput) { locale }: SendVerificationCodeInput,
  ) {
    return sendVerificationCode(ctx, locale)
  }

  @Mutation(() => ViewerPayload, {
    description:
      'Proves the address by the code that was sent to it; the sign-up bonus comes with it. Again is not an error. Errors: code_wrong, code_expired, rate_limit_exceeded.',
  })
  async verifyEmail(@Ctx() ctx: IdentityContext, @Arg('input', () => CodeInput) { code }: CodeInput) {
    return { viewer: await verifyEmail(ctx, code) }
  }

  @Mutation(() => CodeSentPayload, {
    description:
      'Sends a code to a new address; the present one stays until it is entered. Errors: mail_unavailable, wrong_password, email_taken, rate_limit_exceeded.',
  })
  async requestEmailChange(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => RequestEmailChangeInput) { email, password }: RequestEmailChangeInput,
  ) {
    return requestEmailChange(ctx, email, password)
  }

  @Mutation(() => ViewerPayload, {
    description:
      'The new address holds from now on; the old one is told. Errors: code_wrong, code_expired, email_taken, rate_limit_exceeded.',
  })
  async confirmEmailChange(@Ctx() ctx: IdentityContext, @Arg('input', () => CodeInput) { code }: CodeInput) {
    return { viewer: await confirmEmailChange(ctx, code) }
  }

  @Mutation(() => ChangePasswordPayload, {
    description:
      'Sets a new password, ends every other session and gives this one a new cookie (over HTTP); access keys and API tokens go on working. Errors: wrong_password, rate_limit_exceeded.',
  })
  async changePassword(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => ChangePasswordInput) { currentPassword, newPassword }: ChangePasswordInput,
  ) {
    return changePassword(ctx, currentPassword, newPassword)
  }

  @Mutation(() => RequestPasswordResetPayload, {
    description:
      'Sends a link to choose a new password, if there is an account; the answer is the same if not, and where one mailbox got many and the newest still works. Errors: mail_unavailable, rate_limit_exceeded.',
  })
  async requestPasswordReset(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => RequestPasswordResetInput) { email }: RequestPasswordResetInput,
  ) {
    await requestPasswordReset(ctx, email)
    return { ok: true }
  }

  @Mutation(() => ResetPasswordPayload, {
    description:
      'Chooses a new password by a link, once. Every session and access key ends, and this browser is signed in; API tokens go on working. Errors: password_link_invalid, rate_limit_exceeded.',
  })
  async resetPassword(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => ResetPasswordInput) { token, newPassword }: ResetPasswordInput,
  ) {
    return resetPassword(ctx, token, newPassword)
  }

  @Mutation(() => DeleteAccountPayload, {
    description:
      'Removes name and address and ends tokens, sessions and subscription at once. Charges and entries stay. Errors: wrong_password, last_administrator, rate_limit_exceeded.',
  })
  async deleteAccount(
    @Ctx() ctx: IdentityContext,
    @Arg('input', () => DeleteAccountInput) { password }: DeleteAccountInput,
  ) {
    await deleteAccount(ctx, password)
    return { ok: true }
  }
}
