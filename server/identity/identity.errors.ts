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
