import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConfigError, environment, readConfig } from '../server/platform/config.ts'

function faultsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

test('nothing needs to be configured to try the product', () => {
  expect(readConfig({})).toMatchObject({
    production: false,
    publicUrl: 'http://127.0.0.1:3000',
    dataDir: 'data',
    databaseUrl: undefined,
    sandbox: true,
    workers: 1,
  })
})

test('every fault is reported at once, by name', () => {
  const faults = faultsOf({
    PORT: 'eighty',
    DATABASE_URL: 'mysql://x',
    SECRET_KEY: 'short',
    LOG_LEVEL: 'loud',
  })
  expect(faults).toHaveLength(4)
  for (const name of ['PORT', 'DATABASE_URL', 'SECRET_KEY', 'LOG_LEVEL'])
    expect(faults.join('\n')).toContain(`${name} `)
})

test('production does not start without a secret key, and has no sandbox unless asked', () => {
  expect(faultsOf({ NODE_ENV: 'production' })).toEqual([expect.stringContaining('SECRET_KEY')])
  const key = { NODE_ENV: 'production', SECRET_KEY: 'x'.repeat(32) }
  expect(readConfig(key).sandbox).toBe(false)
  expect(readConfig({ ...key, SANDBOX: 'true' }).sandbox).toBe(true)
})

test('half an administrator is a fault', () => {
  expect(faultsOf({ ADMIN_EMAIL: 'a@example.com' })).toEqual([expect.stringContaining('ADMIN_PASSWORD')])
})

test('several workers need a database and a Redis that they can share', () => {
  expect(faultsOf({ WORKERS: '2' })).toEqual([expect.stringContaining('REDIS_URL')])
})

test('with both, several workers are served', () => {
  const shared = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://redis' }
  expect(readConfig({ WORKERS: '2', ...shared }).workers).toBe(2)
})

test('an empty variable counts as not set', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '', SECRET_KEY: '' }).port).toBe(3000)
})

test('.env.example names exactly the variables that are read', () => {
  const named = [...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name!)
  expect(named.toSorted()).toEqual(Object.keys(environment.shape).toSorted())
})

test('an example setting does not break the start', () => {
  const lines = readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm)
  expect(() =>
    readConfig(Object.fromEntries([...lines].map(([, name, value]) => [name!, value!]))),
  ).not.toThrow()
})
