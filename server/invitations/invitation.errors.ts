import { DomainError, invalidField, notFound } from '../platform/errors.ts'

export const inviteCodeUnknown = () =>
  invalidField(
    'inviteCode',
    'There is no such invitation code. Check it, or sign up without one.',
    '没有这个邀请码。请检查，或留空注册。',
  )

export const selfInvitation = () =>
  new DomainError('invalid', 'self_invitation', 'You cannot invite yourself. Sign up without the code.', {
    param: 'inviteCode',
  })

export const invitationNotPending = () =>
  new DomainError(
    'conflict',
    'invitation_not_pending',
    'This invitation was rewarded, revoked or held already: there is nothing to hold.',
  )

export const invitationNotHeld = () =>
  new DomainError('conflict', 'invitation_not_held', 'This invitation is not held.')

export const invitationNotFound = () => notFound('invitation')
