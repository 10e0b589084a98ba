import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'pingtoken-prepare-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('packages that another checkout lent by a link are never installed over', () => {
  const [lender, borrower] = [join(folder, 'lender'), join(folder, 'borrower')]
  for (const path of [join(lender, 'node_modules', 'a-package'), join(borrower, 'scripts')])
    mkdirSync(path, { recursive: true })
  const lent = join(lender, 'node_modules', 'a-package', 'index.js')
  writeFileSync(lent, '')
  copyFileSync('scripts/prepare.mjs', join(borrower, 'scripts', 'prepare.mjs'))
  writeFileSync(join(borrower, 'package.json'), '{"name":"borrower","version":"1.0.0"}')
  writeFileSync(
    join(borrower, 'package-lock.json'),
    '{"name":"borrower","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"borrower","version":"1.0.0"}}}',
  )
  symlinkSync(join(lender, 'node_modules'), join(borrower, 'node_modules'))
  const script = "const { prepare } = await import('./scripts/prepare.mjs'); await prepare()"
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: borrower,
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([1, expect.stringContaining('node_modules is a link')])
  expect(existsSync(lent)).toBe(true)
})
