import { expect, test } from 'vitest'
import type { Catalog, CatalogModel } from '../../server/catalog/catalog.ts'
import { listModels } from '../../server/catalog/models.ts'

const named = (id: string, displayName: string, provider: string, aliases: string[] = []) =>
  ({ id, displayName, aliases, provider: { id: provider.toLowerCase(), name: provider } }) as CatalogModel

const all = [
  named('qwen3-max', 'Qwen3 Max', 'Alibaba Cloud', ['qwen-max']),
  named('kimi-k2', 'Kimi K2', 'Moonshot'),
  named('glm-5', 'GLM-5', 'Zhipu'),
]
const catalog: Pick<Catalog, 'models'> = { models: () => [...all] }
const found = (filter: Parameters<typeof listModels>[2], page = {}) =>
  listModels(catalog as Catalog, page, filter).edges.map(({ node }) => node.id)

test.each([
  ['its id', 'IMI-k', ['kimi-k2']],
  ['the name shown', 'glm-5', ['glm-5']],
  ['its provider', ' alibaba ', ['qwen3-max']],
  ['another of its names', 'qwen-max', ['qwen3-max']],
  ['nothing', '%', []],
])('a model is found by a part of %s', (_, search, ids) => {
  expect(found({ search })).toEqual(ids)
})

test('a list of ids is kept in the order of the catalogue, and what there is not is left out', () => {
  expect(found({ ids: ['glm-5', 'gone', 'qwen3-max'] })).toEqual(['qwen3-max', 'glm-5'])
  expect(found({ ids: [] })).toEqual([])
  expect(found({})).toHaveLength(3)
})

test('what was found is paged like everything: forwards and backwards', () => {
  const first = listModels(catalog as Catalog, { first: 1 }, { search: 'k' })
  expect(first.edges.map(({ node }) => node.id)).toEqual(['kimi-k2'])
  expect(first.pageInfo.hasNextPage).toBe(false)
  const page = listModels(catalog as Catalog, { first: 2 }, {})
  expect(found({}, { first: 2, after: page.pageInfo.endCursor })).toEqual(['glm-5'])
  expect(found({}, { last: 1 })).toEqual(['glm-5'])
})
