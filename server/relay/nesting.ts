import { brokenJson } from './relay.errors.ts'

/** Far beyond any tool's schema: what is parsed must also be written again, on a stack as deep as the nesting. */
const DEPTH_MAX = 500

/** Errors: invalid_request. */
export function refuseDeepNesting(body: unknown): void {
  if (isDeeperThan(body, DEPTH_MAX)) throw brokenJson(`it is nested more than ${DEPTH_MAX} levels deep.`)
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const key in value) if (isDeeperThan((value as Record<string, unknown>)[key], levels - 1)) return true
  return false
}
