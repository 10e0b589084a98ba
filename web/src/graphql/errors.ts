import type { CombinedError } from '@urql/core'

/** A failure as the console shows it: a stable code to translate, and what goes with it. */
export interface Failure {
  code: string
  /** The field at fault. */
  param: string | undefined
  values: Record<string, unknown>
  /** What the server says of bad input, in the page's language: the field's rule, and what to do. */
  reason?: string | undefined
}

export function failureOf(error: CombinedError | Error | undefined): Failure | undefined {
  if (!error) return undefined
  if (error instanceof FailureError) return error.failure
  const combined = error as CombinedError
  if (combined.networkError) return { code: 'network_error', param: undefined, values: {} }
  const {
    code = 'internal_error',
    param,
    ...values
  } = (combined.graphQLErrors?.[0]?.extensions ?? {}) as Record<string, unknown>
  // Only what names a field was written for people.
  const reason = code === 'invalid_request' && param ? combined.graphQLErrors[0]!.message : undefined
  return { code: String(code), param: typeof param === 'string' ? param : undefined, values, reason }
}

/** Thrown by actions, so that a form can show what went wrong and where. */
export class FailureError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.code)
  }
}

/** The data of an operation, or the failure it ended with. */
export function dataOf<T>({ data, error }: { data?: T | undefined; error?: CombinedError | undefined }): T {
  const failure = failureOf(error)
  if (failure) throw new FailureError(failure)
  return data!
}
