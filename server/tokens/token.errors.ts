import { DomainError, notFound } from '../platform/errors.ts'

export const apiTokenNotFound = () => notFound('api token')

export const tooManyApiTokens = (max: number) =>
  new DomainError(
    'conflict',
    'too_many_api_tokens',
    `You already have ${max} active API tokens. Revoke one you no longer use.`,
    { max },
  )

export const apiTokenNameTaken = (name: string) =>
  new DomainError('conflict', 'api_token_name_taken', `You already have an API token named "${name}".`, {
    param: 'name',
  })

export const apiTokenRevoked = () =>
  new DomainError('conflict', 'api_token_revoked', 'This API token is revoked; it can no longer be changed.')

/** What to do is said, but an unknown secret and a wrong one look alike. */
export const invalidApiKey = (why: 'missing' | 'malformed' | 'unknown' | 'expired' | 'revoked' | 'paused') =>
  new DomainError('unauthenticated', 'invalid_api_key', refusals[why], { zh: refusalsInChinese[why] })

const refusals = {
  missing:
    'No API token was sent. Send it as "Authorization: Bearer sk-pt-…"; make one under Token Management.',
  malformed:
    'This is not an API token of ours (sk-pt-… with 38 more characters). Check that it was copied whole.',
  unknown:
    'This API token is not known. Check that it was copied whole, or make a new one under Token Management.',
  expired: 'This API token has expired. Extend it or make a new one under Token Management.',
  revoked: 'This API token was revoked. Make a new one under Token Management.',
  paused: 'This API token is paused. Resume it under Token Management.',
}

const refusalsInChinese: typeof refusals = {
  missing: '请求中没有 API 令牌。请以“Authorization: Bearer sk-pt-…”发送；可在“令牌管理”中创建。',
  malformed: '这不是本站的 API 令牌（sk-pt- 之后还有 38 个字符），请检查是否完整复制。',
  unknown: '此 API 令牌不存在。请检查是否完整复制，或在“令牌管理”中新建。',
  expired: '此 API 令牌已过期。请在“令牌管理”中延长有效期或新建。',
  revoked: '此 API 令牌已吊销。请在“令牌管理”中新建。',
  paused: '此 API 令牌已暂停。请在“令牌管理”中恢复。',
}
