import { describe, expect, test } from 'vitest'
import { ApiToken } from '../../server/tokens/token.entity.ts'
import {
  createApiToken,
  findOwn,
  listApiTokens,
  revokeApiToken,
  updateApiToken,
} from '../../server/tokens/tokens.ts'
import { databases } from '../support/databases.ts'
import { createWorld } from '../support/world.ts'

describe.each(databases)('API tokens on $name', async (kind) => {
  if (kind.missing) return test.skip(`needs ${kind.name}: ${kind.missing}`, () => {})
  const database = await kind.open()
  const world = createWorld(database)

  test('the secret is shown once and never stored', async () => {
    const ctx = world.tokens(await world.person())
    const { apiToken, secret } = await createApiToken(ctx, { name: 'laptop' })

    expect(secret).toMatch(/^sk-pt-[0-9A-Za-z]{38}$/)
    const [row] = await database.sql.query('SELECT t::text FROM api_token t WHERE id = $1', [apiToken.id])
    expect(JSON.stringify(row)).not.toContain(secret.slice(10, -4))
    expect(JSON.stringify(await listApiTokens(ctx, {}, {}))).not.toContain(secret.slice(10, -4))
    expect(apiToken).toMatchObject({ prefix: secret.slice(0, 10), lastFour: secret.slice(-4) })
    await expect(ctx.tokenBook.authenticate(secret)).resolves.toMatchObject({ tokenId: apiToken.id })
  })

  test('a revoked token opens nothing, at once, and revoking twice is no error', async () => {
    const ctx = world.tokens(await world.person())
    const { apiToken, secret } = await createApiToken(ctx, { name: 'stolen' })
    await ctx.tokenBook.authenticate(secret)
    await revokeApiToken(ctx, apiToken.id)
    await revokeApiToken(ctx, apiToken.id)

    await expect(ctx.tokenBook.authenticate(secret)).rejects.toMatchObject({
      status: 401,
      code: 'invalid_api_key',
    })
    await expect(updateApiToken(ctx, apiToken.id, { paused: false })).rejects.toMatchObject({
      code: 'api_token_revoked',
    })
  })

  test('a paused token opens nothing until it is resumed', async () => {
    const ctx = world.tokens(await world.person())
    const { apiToken, secret } = await createApiToken(ctx, { name: 'resting' })
    await updateApiToken(ctx, apiToken.id, { paused: true })
    await expect(ctx.tokenBook.authenticate(secret)).rejects.toThrow(/paused/)
    await updateApiToken(ctx, apiToken.id, { paused: false })
    await expect(ctx.tokenBook.authenticate(secret)).resolves.toMatchObject({ tokenId: apiToken.id })
  })

  test('a token ends at its expiry, to the millisecond', async () => {
    const ctx = world.tokens(await world.person())
    const start = world.clock.now.getTime()
    const { secret } = await createApiToken(ctx, { name: 'short', expiresAt: new Date(start + 1_000) })
    world.clock.now = new Date(start + 999)
    await expect(ctx.tokenBook.authenticate(secret)).resolves.toBeTruthy()
    world.clock.now = new Date(start + 1_000)
    await expect(ctx.tokenBook.authenticate(secret)).rejects.toThrow(/expired/)
    world.clock.now = new Date(start)
  })

  test("someone else's token does not exist, rather than being forbidden", async () => {
    const owner = world.tokens(await world.person())
    const stranger = world.tokens(await world.person())
    const { apiToken } = await createApiToken(owner, { name: 'mine' })

    const refusal = { status: 404, code: 'api_token_not_found' }
    await expect(revokeApiToken(stranger, apiToken.id)).rejects.toMatchObject(refusal)
    await expect(updateApiToken(stranger, apiToken.id, { name: 'theirs' })).rejects.toMatchObject(refusal)
    await expect(findOwn(stranger, apiToken.id)).rejects.toMatchObject(refusal)
    await expect(findOwn(stranger, 'not-an-id')).rejects.toMatchObject(refusal)
    expect((await listApiTokens(stranger, {}, {})).edges).toEqual([])
  })

  test('a token takes a new name, but neither an empty one nor that of another token in use', async () => {
    const ctx = world.tokens(await world.person())
    const { apiToken } = await createApiToken(ctx, { name: 'laptop' })
    await createApiToken(ctx, { name: 'server' })

    expect((await updateApiToken(ctx, apiToken.id, { name: ' desk ' })).name).toBe('desk')
    await expect(updateApiToken(ctx, apiToken.id, { name: ' ' })).rejects.toMatchObject({
      code: 'invalid_request',
      detail: { param: 'name' },
    })
    await expect(updateApiToken(ctx, apiToken.id, { name: 'server' })).rejects.toMatchObject({
      code: 'api_token_name_taken',
    })
  })

  test('a change of limits counts for the next request', async () => {
    const ctx = world.tokens(await world.person())
    const { apiToken, secret } = await createApiToken(ctx, { name: 'limited', requestsPerMinute: 5 })
    expect(await ctx.tokenBook.authenticate(secret)).toMatchObject({ requestsPerMinute: 5 })
    await updateApiToken(ctx, apiToken.id, { requestsPerMinute: 1_000, models: ['qwen3-max'] })

    const holder = await ctx.tokenBook.authenticate(secret)
    expect(holder.requestsPerMinute).toBe(60) // never above the plan's
    expect([...holder.models]).toEqual(['qwen3-max'])
  })

  test('a plan gives so many active tokens and no more; a revoked one makes room', async () => {
    const ctx = world.tokens(await world.person(), { activeTokensMax: 2 })
    const { apiToken } = await createApiToken(ctx, { name: 'one' })
    await createApiToken(ctx, { name: 'two' })
    await expect(createApiToken(ctx, { name: 'three' })).rejects.toMatchObject({
      code: 'too_many_api_tokens',
    })
    await revokeApiToken(ctx, apiToken.id)
    await expect(createApiToken(ctx, { name: 'three' })).resolves.toBeTruthy()
  })

  test('a name is used once among the living', async () => {
    const ctx = world.tokens(await world.person())
    const { apiToken } = await createApiToken(ctx, { name: 'Laptop' })
    const again = world.tokens({ id: ctx.viewer!.id, email: '' })
    await expect(createApiToken(again, { name: 'laptop ' })).rejects.toMatchObject({
      code: 'api_token_name_taken',
      detail: { param: 'name' },
    })
    await revokeApiToken(ctx, apiToken.id)
    await expect(createApiToken(ctx, { name: 'laptop' })).resolves.toBeTruthy()
  })

  test.each([
    ['name', { name: '   ' }],
    ['expiresAt', { name: 'x', expiresAt: new Date('2020-01-01') }],
    ['models', { name: 'x', models: ['gpt-5'] }],
    ['ipAllowList', { name: 'x', ipAllowList: ['10.0.0.0/33'] }],
    ['ipAllowList', { name: 'x', ipAllowList: ['example.com'] }],
  ])('a bad %s is refused by name', async (param, settings) => {
    const ctx = world.tokens(await world.person())
    await expect(createApiToken(ctx, settings)).rejects.toMatchObject({
      code: 'invalid_request',
      detail: { param },
    })
  })

  test('a list is read page by page, both ways, without gaps or repeats', async () => {
    const ctx = world.tokens(await world.person())
    for (const name of ['a', 'b', 'c', 'd', 'e']) await createApiToken(ctx, { name })
    const names = (page: Awaited<ReturnType<typeof listApiTokens>>) =>
      page.edges.map(({ node }) => node.name).join('')

    const first = await listApiTokens(ctx, { first: 2 }, {})
    const second = await listApiTokens(ctx, { first: 2, after: first.pageInfo.endCursor }, {})
    const third = await listApiTokens(ctx, { first: 2, after: second.pageInfo.endCursor }, {})
    expect([first, second, third].map(names)).toEqual(['ed', 'cb', 'a'])
    expect([first, second, third].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false])

    const back = await listApiTokens(ctx, { last: 2, before: third.pageInfo.startCursor }, {})
    expect(names(back)).toBe('cb')
    expect(back.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: true })
    await expect(listApiTokens(ctx, { first: 2, after: '%%%' }, {})).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  test('a search finds names as typed: % and _ are letters, not wildcards', async () => {
    const ctx = world.tokens(await world.person())
    await createApiToken(ctx, { name: '100%_sure' })
    await createApiToken(ctx, { name: 'other' })
    expect((await listApiTokens(ctx, {}, { search: '%_' })).edges).toHaveLength(1)
    expect((await listApiTokens(ctx, {}, { search: 'OTH' })).edges).toHaveLength(1)
    expect((await listApiTokens(ctx, {}, { status: 'revoked' })).edges).toHaveLength(0)
  })

  test('nobody reads a token list without signing in', async () => {
    await expect(listApiTokens(world.as(undefined), {}, {})).rejects.toMatchObject({
      code: 'sign_in_required',
    })
    expect(await database.em.fork().count(ApiToken, { name: 'nobody' })).toBe(0)
  })
})

const real = databases[1]!
describe('racing for the last place', async () => {
  if (real.missing) return test.skip(`needs ${real.name}: ${real.missing}`, () => {})
  const world = createWorld(await real.open())

  test('forty requests at once never get past the plan’s number of tokens', async () => {
    const person = await world.person()
    const attempts = Array.from({ length: 40 }, (_, i) =>
      createApiToken(world.tokens(person, { activeTokensMax: 3 }), { name: `token ${i}` }),
    )
    const outcomes = await Promise.allSettled(attempts)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  })
})
