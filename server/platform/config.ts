import { z } from 'zod'
import { isProxyRange } from './addresses.ts'

const text = z.string().trim().min(1)
const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1')
const port = z.coerce.number().int().min(0).max(65_535)
const url = (...protocols: string[]) =>
  z
    .url({ error: `must be a URL starting with ${protocols.map((p) => `${p}//`).join(' or ')}` })
    .refine(
      (value) => protocols.includes(new URL(value).protocol),
      `must be a URL starting with ${protocols.map((p) => `${p}//`).join(' or ')}`,
    )

/** Every variable the server reads; `.env.example` names exactly these (a test compares them). */
export const environment = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  PORT: port.default(3000),
  HOST: text.default('127.0.0.1'),
  PUBLIC_URL: url('http:', 'https:').optional(),
  DATA_DIR: text.default('data'),
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  REDIS_URL: url('redis:', 'rediss:', 'unix:').optional(),
  WORKERS: z.coerce.number().int().min(1).max(64).default(1),
  SECRET_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  ADMIN_EMAIL: z.email({ error: 'must be an e-mail address' }).optional(),
  ADMIN_PASSWORD: z.string().min(10, 'must have at least 10 characters').optional(),
  SMTP_URL: url('smtp:', 'smtps:').optional(),
  SANDBOX: flag.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(3600).default(60),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform(list)
    .refine((ranges) => ranges.every(isProxyRange), {
      error: 'must be addresses or networks (10.0.0.0/8), or loopback, linklocal, uniquelocal',
    }),
  ALLOW_PRIVATE_UPSTREAMS: flag.default(false),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
})

export interface Config {
  production: boolean
  host: string
  port: number
  /** Where people reach the server, without a trailing slash. */
  publicUrl: string
  dataDir: string
  /** PostgreSQL; without it the embedded database in `dataDir` is used. */
  databaseUrl: string | undefined
  redisUrl: string | undefined
  workers: number
  /** Undefined only outside production: then the server makes one and keeps it in `dataDir`. */
  secretKey: string | undefined
  admin: { email: string; password: string } | undefined
  smtpUrl: string | undefined
  /** Whether the built-in sandbox provider may serve models. */
  sandbox: boolean
  logLevel: string
  drainSeconds: number
  trustedProxies: string[]
  allowPrivateUpstreams: boolean
  /** Who has it may read /metrics; without one only this machine may. */
  metricsToken: string | undefined
}

export class ConfigError extends Error {
  constructor(
    readonly faults: string[],
    options?: ErrorOptions,
  ) {
    super(['The configuration cannot be used:', ...faults.map((fault) => `  - ${fault}`)].join('\n'), options)
  }
}

/** Reads the environment once. Throws one ConfigError that names every fault. */
export function readConfig(env: Record<string, string | undefined>): Config {
  // An empty variable in a compose file means "not set".
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const { data, error } = environment.safeParse(given)
  const faults = (error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${readable(issue.message)}`)
  faults.push(...contradictions(given))
  if (!data || faults.length > 0) throw new ConfigError(faults)

  const production = data.NODE_ENV === 'production'
  return {
    production,
    host: data.HOST,
    port: data.PORT,
    publicUrl: (data.PUBLIC_URL ?? `http://${reachable(data.HOST)}:${data.PORT}`).replace(/\/+$/, ''),
    dataDir: data.DATA_DIR,
    databaseUrl: data.DATABASE_URL,
    redisUrl: data.REDIS_URL,
    workers: data.WORKERS,
    secretKey: data.SECRET_KEY,
    admin:
      data.ADMIN_EMAIL && data.ADMIN_PASSWORD
        ? { email: data.ADMIN_EMAIL, password: data.ADMIN_PASSWORD }
        : undefined,
    smtpUrl: data.SMTP_URL,
    sandbox: data.SANDBOX ?? !production,
    logLevel: data.LOG_LEVEL,
    drainSeconds: data.DRAIN_SECONDS,
    trustedProxies: data.TRUSTED_PROXIES,
    allowPrivateUpstreams: data.ALLOW_PRIVATE_UPSTREAMS,
    metricsToken: data.METRICS_TOKEN,
  }
}

/** Faults that no single variable shows. */
function contradictions(env: Record<string, string | undefined>): string[] {
  const faults: string[] = []
  if (env.NODE_ENV === 'production' && !env.SECRET_KEY)
    faults.push('SECRET_KEY is required in production (at least 32 random characters)')
  if (Boolean(env.ADMIN_EMAIL) !== Boolean(env.ADMIN_PASSWORD))
    faults.push('ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or neither')
  if (Number(env.WORKERS ?? 1) > 1 && !(env.DATABASE_URL && env.REDIS_URL))
    faults.push('WORKERS above 1 needs DATABASE_URL and REDIS_URL: workers share nothing else')
  return faults
}

const readable = (message: string) => message.replace(/^Invalid (input|option): /, 'is not valid: ')

const reachable = (host: string) => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host)

function list(value: string) {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}
