import type { Letters } from './letters.ts'

export const en: Letters = {
  verifyEmail: ({ code, minutes, site }) => ({
    subject: `${code} is your ${site} code`,
    body: [
      `Enter this code to confirm that this address is yours. It works for ${minutes} minutes.`,
      { code },
      `If you did not sign up at ${site}, ignore this e-mail: nothing happens without the code.`,
    ],
  }),
  changeEmail: ({ code, minutes, site }) => ({
    subject: `${code} confirms your new address`,
    body: [
      `Enter this code to use this address for your ${site} account. It works for ${minutes} minutes.`,
      { code },
      'If you did not ask for this, ignore this e-mail: nothing happens without the code.',
    ],
  }),
  emailChanged: ({ email, site }) => ({
    subject: `Your ${site} account has a new address`,
    body: [
      `Your account now signs in with ${email}. Mail is no longer sent to this address.`,
      'If this was not you, contact the operator at once.',
    ],
  }),
  resetPassword: ({ url, minutes, site }) => ({
    subject: `Choose a new ${site} password`,
    body: [
      `Somebody asked for a new password for your account. This link works once, for ${minutes} minutes.`,
      { link: url, label: 'Choose a new password' },
      'If it was not you, ignore this e-mail: your password stays as it is.',
    ],
  }),
  passwordChanged: ({ site, byLink, accessKeys }) => ({
    subject: `Your ${site} password was changed`,
    body: [
      'The password of your account was changed, and it was signed out everywhere else.',
      ...(byLink
        ? [
            `Access keys that ended with it: ${accessKeys}. API tokens go on working: revoke the ones that you do not know.`,
          ]
        : accessKeys > 0
          ? [`Access keys that go on working: ${accessKeys}. Revoke the ones that you do not know.`]
          : []),
      'If this was not you, ask for a new password on the sign-in page at once.',
    ],
  }),
  accountDeleted: ({ site }) => ({
    subject: `Your ${site} account is deleted`,
    body: [
      'As you asked, your account is deleted: your name and address are removed, API tokens and sessions are ended.',
      'Charges and entries stay in the books without your name.',
    ],
  }),
}
