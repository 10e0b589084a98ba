/** What the relay must know of an API token and its owner, in one object that lives in memory. */
export interface TokenHolder {
  tokenId: string
  userId: string
  /** Empty: every model. */
  models: ReadonlySet<string>
  ipAllowList: readonly string[]
  /** The lower of the token's own limit and the plan's. */
  requestsPerMinute: number
  tokensPerMinute: number | null
  concurrency: number | null
  /** The plan's longest prompt in LLM tokens; null for no limit. */
  contextTokensMax: number | null
  /** What this user pays of a model's price, in parts per million. */
  discountPpm(modelId: string): bigint
}

/**
 * The API tokens in memory, by the SHA-256 of their secret. A secret of the wrong shape is refused without
 * a look-up; a revoked one is forgotten at once in this process.
 */
export interface TokenBook {
  /** Errors: invalid_api_key (missing, malformed, unknown, expired, revoked, paused), service_unavailable. */
  authenticate(secret: string | undefined): Promise<TokenHolder>
  /** For Model Testing: a token of the signed-in user, by id. Errors: invalid_api_key. */
  holderOf(userId: string, tokenId: string): Promise<TokenHolder>
  /** After a change of the token, its owner or the owner's plan. */
  forgetToken(tokenId: string): void
  forgetUser(userId: string): void
}
