import { type Connection, type PageArgs, pageQuery, toConnection } from '../platform/page.ts'
import type { Catalog, CatalogModel } from './catalog.ts'

export interface ModelFilter {
  /** Part of the id, another of its names, the name shown or the provider's. */
  search?: string | null
  /** Only these; others that there are not are left out. */
  ids?: string[] | null
}

/** The public catalogue in the operator's order, a page at a time. */
export function listModels(
  catalog: Catalog,
  page: PageArgs,
  { search, ids }: ModelFilter,
): Connection<CatalogModel> {
  const query = pageQuery(page)
  const words = search?.trim().toLowerCase()
  const all = catalog
    .models()
    .filter((model) => (!words || namesOf(model).includes(words)) && (!ids || ids.includes(model.id)))
  if (query.backwards) all.reverse()
  const start = query.cursor === undefined ? 0 : all.findIndex(({ id }) => id === query.cursor) + 1
  return toConnection(all.slice(start, start + query.limit + 1), query, ({ id }) => id)
}

const namesOf = ({ id, displayName, provider, aliases }: CatalogModel) =>
  [id, displayName, provider.name, ...aliases].join('\n').toLowerCase()
