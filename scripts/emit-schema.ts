import 'reflect-metadata'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { writeFileSync } from 'node:fs'
import { createSchema } from '../server/graphql/schema.ts'

// Sorted, so that moving a resolver changes nothing.
const sdl = `${printSchema(lexicographicSortSchema(await createSchema()))}\n`
writeFileSync('schema/schema.graphql', sdl)
