import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** What is measured has one core to itself; everything else shares the other. */
export const MEASURED_CORE = 0
export const OTHER_CORE = 1

/** Whether processes can be pinned here: without, everything competes for every core. */
export const canPin = (() => {
  if (availableParallelism() < 2) return false
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** With all its threads; what it starts later stays there as well. */
export function pin(pid: number, core: number): void {
  if (canPin) execFileSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' })
}
