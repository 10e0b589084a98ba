import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { migrations } from '../../schema/migrations/list.ts'
import { databases } from '../support/databases.ts'

test('no migration is forgotten, and they run in the order of their names', () => {
  const files = readdirSync('schema/migrations').filter((name) => /^\d+-.*\.ts$/.test(name))
  const expected = files.sort().map((name) => `Migration${name.split('-')[0]}`)
  expect(migrations.map(({ name }) => /^Migration\d+/.exec(name)![0])).toEqual(expected)
})

interface Column {
  column_name: string
  is_nullable: 'YES' | 'NO'
}

describe.each(databases)('entities and tables on $name', async (kind) => {
  if (kind.missing) return test.skip(`needs ${kind.name}: ${kind.missing}`, () => {})
  const database = await kind.open()
  const entities = [...database.orm.getMetadata().getAll().values()].filter(({ tableName }) => tableName)

  test.each(entities.map((meta) => [meta.className, meta] as const))(
    '%s says what its table is',
    async (_, meta) => {
      const columns = await database.sql.query<Column>(
        'SELECT column_name, is_nullable FROM information_schema.columns WHERE table_name = $1 ORDER BY column_name',
        [meta.tableName],
      )
      const properties = Object.values(meta.properties).flatMap(({ fieldNames, nullable, generated }) =>
        (fieldNames ?? []).map((name) => ({
          column_name: name,
          is_nullable: nullable && !generated ? ('YES' as const) : ('NO' as const),
        })),
      )
      expect(columns).toEqual(properties.sort((a, b) => (a.column_name < b.column_name ? -1 : 1)))
    },
  )
})
