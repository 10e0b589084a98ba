import { DatabaseSync } from 'node:sqlite'
import { ConfigError } from '../config.ts'

/**
 * Holds `directory` for this process, or throws: two processes on one PGlite directory corrupt it
 * silently. Node has no flock, so this is an exclusive SQLite transaction: a lock of the operating
 * system, which ends with the process however it dies (a pid file does not: pids are reused).
 */
export function lockDirectory(directory: string): () => void {
  const lock = new DatabaseSync(`${directory}.lock`, { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    throw new ConfigError([`DATA_DIR: ${directory} is in use by another PingToken server`], { cause })
  }
  return () => lock.close()
}
