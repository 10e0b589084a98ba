import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type SubscriptionArgs,
} from 'graphql'

/** Each event is an operation of its own, with an entity manager, loaders and time of its own. */
export const subscribeAnew =
  <Context>(renew: (context: Context) => Context) =>
  async (args: ExecutionArgs): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> => {
    const source = await createSourceEventStream(args as SubscriptionArgs)
    if (!(Symbol.asyncIterator in source)) return source
    const events = source[Symbol.asyncIterator]()
    // Not an async generator: its `return` would wait for the next event.
    const results: AsyncIterableIterator<ExecutionResult> = {
      async next() {
        const event = await events.next()
        if (event.done) return { done: true, value: undefined }
        const contextValue = renew(args.contextValue as Context)
        return { done: false, value: await execute({ ...args, rootValue: event.value, contextValue }) }
      },
      async return() {
        await events.return?.()
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]() {
        return results
      },
    }
    return results
  }
