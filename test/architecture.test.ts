import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

/** From the ground up; what stands in one row does not know its neighbours (CONTRIBUTING.md). */
const rows = [
  ['platform'],
  ['identity'],
  ['tokens', 'ledger', 'catalog'],
  ['plans', 'usage'],
  ['payments', 'codes', 'invitations'],
  ['notices', 'access-keys'],
  ['relay'],
  ['admin', 'documentation'],
  ['graphql', 'http'],
]
const server = path.resolve('server')

const files = readdirSync(server, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

const moduleOf = (file: string) => (file.includes(path.sep) ? file.split(path.sep)[0]! : undefined)

/** main.ts and its neighbours stand above everything: they wire the program and nothing imports them. */
const height = (module: string | undefined) =>
  module === undefined ? rows.length : rows.findIndex((row) => row.includes(module))

function importsOf(file: string): string[] {
  const source = readFileSync(path.join(server, file), 'utf8')
  return [...source.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target]) =>
    path.join(path.dirname(file), target!),
  )
}

test('every folder of the server has its place in the layers', () => {
  const unknown = [...new Set(files.map(moduleOf))].filter((module) => height(module) === -1)
  expect(unknown).toEqual([])
})

test('every import points down the layers, or stays in its folder', () => {
  const faults = files.flatMap((file) =>
    importsOf(file)
      .filter((target) => !target.startsWith('..'))
      .filter((target) => {
        const [from, to] = [moduleOf(file), moduleOf(target)]
        return from !== to && height(to) >= height(from)
      })
      .map((target) => `${file} imports ${target}`),
  )
  expect(faults).toEqual([])
})

test('only the wiring reaches outside the server folder: for the migrations and the set-ups of tools', () => {
  const outside = files.flatMap((file) =>
    importsOf(file)
      .filter((target) => target.startsWith('..'))
      .map((target) => `${file} imports ${target}`),
  )
  expect(outside.sort()).toEqual([
    'database.ts imports ../schema/migrations/list.ts',
    'serve.ts imports ../web/src/clients/markdown.ts',
  ])
})

test('the rules of the product know neither Fastify nor Apollo nor type-graphql', () => {
  const doors = /\.(resolver|type)\.ts$|^(graphql|http)\//
  const exempt = ['platform/page.ts', 'platform/scalars.ts', 'serve.ts', 'app.ts', 'main.ts']
  const faults = files
    .filter((file) => !doors.test(file) && !exempt.includes(file))
    .filter((file) =>
      /from '(fastify|@apollo\/server|type-graphql|graphql)[^']*'/.test(
        readFileSync(path.join(server, file), 'utf8'),
      ),
    )
  expect(faults).toEqual([])
})

test('the console knows the server only by its contract', () => {
  const web = path.resolve('web')
  const sources = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(ts|vue)$/.test(file),
  )
  const faults = sources.filter((file) =>
    /from '[./]*\/server\//.test(readFileSync(path.join(web, file), 'utf8')),
  )
  expect(sources.length).toBeGreaterThan(0)
  expect(faults).toEqual([])
})
