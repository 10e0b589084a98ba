import { DomainError } from '../platform/errors.ts'

/** The same for an unknown address and a wrong password. */
export const wrongCredentials = () =>
  new DomainError('unauthenticated', 'wrong_credentials', 'The e-mail address or the password is wrong.')

export const emailTaken = () =>
  new DomainError(
    'conflict',
    'email_taken',
    'There is already an account with this e-mail address. Sign in instead.',
    {
      param: 'email',
    },
  )

export const signInLinkInvalid = () =>
  new DomainError(
    'unauthenticated',
    'sign_in_link_invalid',
    'This sign-in link was used already or has expired. Restart the server for a new one, or sign in with a password.',
  )

export const credentialsChosen = () =>
  new DomainError('conflict', 'credentials_chosen', 'This account already has a password. Sign in with it.')

export const mailUnavailable = () =>
  new DomainError(
    'unavailable',
    'mail_unavailable',
    'This server sends no e-mail, so this cannot be done here. Ask the operator.',
  )

export const codeWrong = (triesLeft: number) =>
  new DomainError('invalid', 'code_wrong', `This is not the code. Tries left: ${triesLeft}.`, {
    param: 'code',
    triesLeft,
  })

export const codeExpired = () =>
  new DomainError(
    'invalid',
    'code_expired',
    'This code has expired or was tried too often. Ask for a new one.',
    {
      param: 'code',
    },
  )

export const codeSentRecently = (retryAfter: number) =>
  new DomainError(
    'rate_limited',
    'rate_limit_exceeded',
    `A code was sent a moment ago. Ask for another in ${retryAfter} seconds.`,
    { retryAfter },
  )

export const wrongPassword = (param: string) =>
  new DomainError('invalid', 'wrong_password', 'The password is wrong.', { param })

/** The same for a link that never was, one that was used and one that is too old. */
export const passwordLinkInvalid = () =>
  new DomainError(
    'unauthenticated',
    'password_link_invalid',
    'This link was used already or has expired. Ask for a new one.',
  )

export const lastAdministrator = () =>
  new DomainError(
    'conflict',
    'last_administrator',
    'You are the last administrator. Make somebody else one before you delete this account.',
  )
