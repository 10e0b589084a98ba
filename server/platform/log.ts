import { pino, type Logger } from 'pino'

export type Log = Logger

/** Structured lines on stdout. Secrets never reach a sink, wherever in an object they hide. */
export function createLog(level: string): Log {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'authorization',
        '*.authorization',
        'cookie',
        '*.cookie',
        'secret',
        '*.secret',
        'password',
        '*.password',
        'apiKey',
        '*.apiKey',
        '["x-api-key"]',
        '*["x-api-key"]',
      ],
      censor: '[redacted]',
    },
    hooks: {
      logMethod(args, method) {
        method.apply(this, args.map((arg) => (typeof arg === 'string' ? scrub(arg) : arg)) as typeof args)
      },
    },
    serializers: {
      err(error: Error) {
        return {
          ...pino.stdSerializers.err(error),
          message: scrub(error.message),
          stack: scrub(error.stack ?? ''),
        }
      },
    },
  })
}

/** Keys of ours and of providers look like `sk-…`; error texts of others may quote them. */
export const scrub = (text: string) => text.replace(/\bsk-[\w-]{8,}/g, 'sk-[redacted]')
