import { Redis } from 'ioredis'
import type { Log } from './log.ts'

const ANSWER_MS = 500

/**
 * Where several processes count together. A command that cannot be sent at once fails at once, and nobody waits long for
 * an answer: while it is away each process counts for itself, and says so.
 */
export function openRedis(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: ANSWER_MS,
    retryStrategy: (attempt) => Math.min(attempt * 50, ANSWER_MS),
  })
  redis.on('error', (error) => log.debug({ err: error }, 'Redis is away'))
  return redis
}
