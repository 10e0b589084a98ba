import type { ChannelError } from './health.ts'

type Fault = Omit<ChannelError, 'at'>

export const TOO_LATE: Fault = { code: 'timeout', message: 'It did not answer in time.' }
export const BROKEN_OFF: Fault = { code: 'broken_off', message: 'Its stream broke off or fell silent.' }

/** What is kept of a refusal: never the provider's sentence, which may say the prompt again. */
export const refusedWith = (status: number, code: string | undefined): Fault => ({
  code: `http_${status}`,
  message: `The provider answered ${status}${code === undefined ? '' : ` (${code})`}.`,
})

/** What an operator may know of a failed connection or a broken answer: never an address. */
export function faultOf(error: unknown): Fault {
  const { code, message } = error as { code?: unknown; message?: string }
  // The network's errors carry addresses in their messages and say enough by their codes.
  if (typeof code === 'string' && /^[A-Z_0-9]{3,60}$/.test(code))
    return { code: code.toLowerCase(), message: 'The connection failed.' }
  const isOurs = error instanceof Error && error.constructor === Error
  return { code: 'broken_answer', message: isOurs ? message!.slice(0, 200) : 'The answer could not be read.' }
}
