import { DomainError, notFound } from '../platform/errors.ts'

export const accessKeyNotFound = () => notFound('access key')

export const tooManyAccessKeys = (max: number) =>
  new DomainError(
    'conflict',
    'too_many_access_keys',
    `You already have ${max} access keys in use. Revoke one you no longer need.`,
    { max },
  )

/** What to do is said, but an unknown secret and a wrong one look alike. */
export const accessKeyInvalid = (why: 'malformed' | 'api_token' | 'unknown' | 'expired' | 'revoked') =>
  new DomainError('unauthenticated', 'access_key_invalid', refusals[why])

const refusals = {
  malformed:
    'This is not an access key of ours (pk-pt-… with 38 more characters). Check that it was copied whole.',
  api_token:
    'This is an API token, which opens /api/v1. GraphQL needs an access key (pk-pt-…): make one in the console.',
  unknown: 'This access key is not known. Check that it was copied whole, or make a new one in the console.',
  expired: 'This access key has expired. Make a new one in the console.',
  revoked: 'This access key was revoked. Make a new one in the console.',
}
