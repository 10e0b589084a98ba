import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse as parseToml } from 'smol-toml'
import { afterAll, expect, test } from 'vitest'
import type { SetUpInput } from '../../web/src/clients/client.ts'
import { clients } from '../../web/src/clients/clients.ts'
import { base64, literal, powershell, shell, toml } from '../../web/src/clients/quoting.ts'

/** What people and attackers put into a name. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'\'"\\`$(){}!;&|<>\n\r\t#%‘’ \u007f{env:X}') }),
  fc.constantFrom(
    `'; echo broken; '`,
    '$(id)',
    '`id`',
    '"""',
    '\\',
    "\\'",
    '${HOME}',
    '{env:HOME}',
    '\u2028',
  ),
)
/** A text that breaks out finds no program, no file to write, and no home. */
const nowhere = mkdtempSync(join(tmpdir(), 'pingtoken-quoting-'))
afterAll(() => rmSync(nowhere, { recursive: true, force: true }))
const bash = (args: string[], input = '') =>
  spawnSync('/bin/bash', ['--restricted', '--noprofile', '--norc', ...args], {
    cwd: nowhere,
    env: { PATH: nowhere, HOME: nowhere },
    input,
  })

const readable = (text: string) => text.replace(/\p{Surrogate}/gu, '\uFFFD')

test('bash reads every quoted text as itself', () => {
  fc.assert(
    fc.property(fc.array(nasty, { minLength: 20, maxLength: 60 }), (texts) => {
      const words = texts.map((text) => text.replaceAll('\0', ''))
      const { stdout } = bash(['-c', `printf '%s\\0' ${words.map(shell).join(' ')}`])
      expect(stdout.toString().split('\0').slice(0, -1)).toEqual(words.map(readable))
    }),
    { numRuns: 30 },
  )
})

test('JSON, TOML and base64 give back what went in', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      expect(JSON.parse(literal(text))).toBe(readable(text))
      expect(parseToml(`a = ${toml(text)}`).a).toBe(readable(text))
      expect(Buffer.from(base64(text), 'base64').toString('utf8')).toBe(readable(text))
    }),
  )
})

test('a PowerShell literal ends where it should', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const quoted = powershell(text)
      // Between the outer quotes, quotes of any kind stand in pairs only.
      expect(quoted.slice(1, -1).replace(/(['‘’‚‛])\1/g, '')).not.toMatch(/['‘’‚‛]/)
    }),
  )
})

const inputs = fc.record<SetUpInput>({
  siteName: nasty,
  baseUrl: fc.constantFrom('https://pingtoken.cn/api/v1', "https://x.example/it's/(a)/api/v1"),
  model: nasty.map((text) => text.replaceAll('\0', '')),
  key: fc.option(
    nasty.map((text) => text.replaceAll('\0', '')),
    { nil: undefined },
  ),
  os: fc.constantFrom('mac', 'linux', 'windows'),
})

test('whatever the names and the key are, every file stays what it is', () => {
  fc.assert(
    fc.property(inputs, fc.constantFrom(...clients), (input, client) => {
      const { files, links } = client.setUp(input)
      for (const { language, text } of files) {
        if (language === 'json') JSON.parse(text)
        if (language === 'toml') expect(Object.keys(parseToml(text))).toHaveLength(3)
      }
      for (const link of links) new URL(link.url())
    }),
    { numRuns: 500 },
  )
})

test('bash accepts every shell snippet, whatever the names are', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const texts = clients.flatMap((client) => {
        const { files, commands } = client.setUp({ ...input, os: 'linux' })
        return [...files, ...commands].filter(({ language }) => language === 'shell').map(({ text }) => text)
      })
      const { status, stderr } = bash(['-n'], texts.join('\n'))
      expect(stderr.toString()).toBe('')
      expect(status).toBe(0)
    }),
    { numRuns: 40 },
  )
})
