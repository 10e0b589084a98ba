import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync('web/src/theme.css', 'utf8')
const block = (start: string) => css.slice(css.indexOf(start), css.indexOf('}', css.indexOf(start)))
const colours = (text: string) =>
  Object.fromEntries([...text.matchAll(/--([\w-]+): #([0-9a-f]{6});/g)].map(([, name, hex]) => [name!, hex!]))
const themes = { light: colours(block(':root {')), dark: colours(block("[data-theme='dark'] {")) }

/** Relative luminance and contrast ratio as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r, g, b] = [0, 2, 4].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

describe.each(Object.entries(themes))('the %s theme', (_, theme) => {
  const text: [string, string][] = [
    ...['bg', 'surface', 'sunken'].flatMap((back) =>
      ['fg', 'fg-muted', 'fg-subtle'].map((front) => [front, back] as [string, string]),
    ),
    ['on-primary', 'primary'],
    ['on-accent', 'accent'],
    ...['accent', 'ok', 'warn', 'err', 'info', 'pro'].flatMap(
      (name) =>
        [
          [name, 'surface'],
          [name, 'bg'],
        ] as [string, string][],
    ),
    ...['ok', 'warn', 'err', 'info', 'pro'].map((name) => [name, `${name}-tint`] as [string, string]),
    ['accent', 'accent-tint'],
  ]
  test.each(text)('%s can be read on %s', (front, back) => {
    expect(contrast(theme[front]!, theme[back]!)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(['border-input', ...Array.from({ length: 8 }, (_, i) => `chart-${i + 1}`)])(
    '%s can be seen',
    (name) => {
      expect(contrast(theme[name]!, theme.surface!)).toBeGreaterThanOrEqual(3)
    },
  )
})
