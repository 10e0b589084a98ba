import 'reflect-metadata'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { createSchema } from '../server/graphql/schema.ts'
import { openApi } from '../server/http/openapi.ts'

// Sorted, so that moving a resolver changes nothing.
const sdl = `${printSchema(lexicographicSortSchema(await createSchema()))}\n`
writeFileSync('schema/schema.graphql', sdl)
writeFileSync('schema/openapi.yaml', stringify(openApi, { aliasDuplicateObjects: false }))
