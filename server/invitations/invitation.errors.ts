import { DomainError, invalidField, notFound } from '../platform/errors.ts'

export const inviteCodeUnknown = () =>
  invalidField('inviteCode', 'There is no such invitation code. Check it, or sign up without one.')

export const selfInvitation = () =>
  new DomainError('invalid', 'self_invitation', 'You cannot invite yourself. Sign up without the code.', {
    param: 'inviteCode',
  })

export const invitationNotFound = () => notFound('invitation')
