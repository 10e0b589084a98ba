import { type Client, type Exchange, mapExchange, type OperationResult } from '@urql/core'
import { failureOf } from './errors.ts'

/** Asked again by the sign-in form itself: these may hear that nobody is signed in. */
export const ASKS_WHO = { asksWho: true }

/**
 * What is refused because the session is over is kept from the page, so that nothing it shows and nothing that was
 * typed is lost, and is sent again once its user has signed in. `over` answers when that is, or undefined when nobody
 * waits for it.
 */
export function sessionExchange(client: () => Client, over: () => Promise<void> | undefined): Exchange {
  return mapExchange({
    onResult(result) {
      if (result.operation.context['asksWho'] || !isOver(result)) return result
      const resumed = over()
      if (!resumed) return result
      const { operation } = result
      const context = { ...operation.context, requestPolicy: 'network-only' as const }
      void resumed.then(() => client().reexecuteOperation({ ...operation, context }))
      return new Promise<OperationResult>(() => {}) // The answer to the second sending is the answer.
    },
  })
}

/** A query for the viewer is answered with null, everything else is refused. */
function isOver({ operation, data, error }: OperationResult): boolean {
  if (operation.kind !== 'query' && operation.kind !== 'mutation') return false
  if (failureOf(error)?.code === 'sign_in_required') return true
  return operation.kind === 'query' && (data as { viewer?: unknown } | undefined)?.viewer === null
}
