import { DomainError, notFound } from '../platform/errors.ts'

/** One answer for unknown, used up, expired and revoked codes: a guess learns nothing. */
export const codeNotRedeemable = () =>
  new DomainError(
    'not_found',
    'code_not_redeemable',
    'This code cannot be redeemed: it is unknown, used up, expired or revoked.',
    { param: 'code' },
  )

export const codeMistyped = () =>
  new DomainError('invalid', 'code_mistyped', 'This is not a whole code: check it for typing mistakes.', {
    param: 'code',
  })

export const codeAlreadyRedeemed = () =>
  new DomainError('conflict', 'code_already_redeemed', 'You have redeemed this code already.', {
    param: 'code',
  })

export const codeBatchNotFound = () => notFound('code batch')
