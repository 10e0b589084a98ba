import { getNamedType, isLeafType } from 'graphql'
import type { MiddlewareFn } from 'type-graphql'
import { DomainError } from '../platform/errors.ts'

export const OPERATION_MS = 10_000

/** One operation's time: whoever still waits when it is over is answered. */
export interface Deadline {
  readonly over: boolean
  /** Errors: request_timeout. */
  race<T>(work: Promise<T>): Promise<T>
}

export function createDeadline(ms = OPERATION_MS): Deadline {
  const end = performance.now() + ms
  // A timer may fire a fraction of a millisecond early: once one waiter was told, it is over for all.
  let isOver = false
  return {
    get over() {
      return isOver || performance.now() >= end
    },
    async race<T>(work: Promise<T>) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => {
            isOver = true
            reject(operationTimeout())
          },
          Math.max(end - performance.now(), 0),
        )
      })
      try {
        return await Promise.race([work, late])
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** Fields that lead somewhere may take time; values of an object do not. The database cuts its statements itself. */
export const timeLimit: MiddlewareFn<{ deadline?: Deadline }> = ({ info, context: { deadline } }, next) => {
  if (!deadline || isLeafType(getNamedType(info.returnType))) return next()
  if (deadline.over) throw operationTimeout()
  return deadline.race(next())
}

const operationTimeout = () =>
  new DomainError(
    'timeout',
    'request_timeout',
    `This operation took longer than ${OPERATION_MS / 1_000} seconds. Ask for less at a time.`,
  )
