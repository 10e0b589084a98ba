import { ownZone } from './own-zone.ts'

/** Money and counts for people. Amounts arrive as decimal strings and never become floats. */

/**
 * `1234.5` → `¥1,234.50`, rounded half up. Below ¥0.01 up to six decimals, rounded and trimmed: a non-zero amount is
 * never shown as ¥0.00; below ¥0.000001, `<¥0.000001`.
 */
export function formatMoney(amount: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount)
  if (!match) return '—'
  const [, sign, whole = '0', fraction = ''] = match
  const isZero = /^0*$/.test(whole + fraction)
  const minus = sign && !isZero ? '−' : ''
  if (isZero || BigInt(whole) > 0n || /^(?:[1-9]|0[1-9])/.test(fraction))
    return minus + cents(whole, fraction)
  if (fraction.startsWith('000000')) return `${minus}<¥0.000001`
  const micro = (BigInt(fraction.padEnd(9, '0').slice(0, 9)) + 500n) / 1_000n
  return `${minus}¥0.${micro.toString().padStart(6, '0').replace(/0+$/, '')}`
}

/** Every digit, for receipts: `¥0.000123456`. */
export function formatExactMoney(amount: string): string {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  return `${amount.startsWith('-') ? '−' : ''}¥${grouped(whole)}.${fraction.padEnd(2, '0')}`
}

/** Rounded half up to the fen, in integers. */
function cents(whole: string, fraction: string): string {
  const digits = BigInt(whole + fraction.padEnd(3, '0').slice(0, 3))
  const rounded = ((digits + 5n) / 10n).toString().padStart(3, '0')
  return `¥${grouped(rounded.slice(0, -2))}.${rounded.slice(-2)}`
}

const grouped = (whole: string) => whole.replace(/\B(?=(\d{3})+$)/g, ',')

/** Exact, with grouping: `12,345`. */
export const formatCount = (count: string | number, locale: string) =>
  new Intl.NumberFormat(locale).format(typeof count === 'string' ? BigInt(count) : count)

/** Short, for charts: `12.3K`, `1.2万`. */
export const formatCompact = (count: number, locale: string) =>
  new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(count)

/** A decimal string of CNY as whole nano-CNY: what money is compared and added as. */
export function nanoOf(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  const value = BigInt(whole + fraction.padEnd(9, '0').slice(0, 9))
  return amount.startsWith('-') ? -value : value
}

/** The decimal string of whole nano-CNY, without needless zeros. */
export function cnyOf(nano: bigint): string {
  const digits = (nano < 0n ? -nano : nano).toString().padStart(10, '0')
  return `${nano < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '')
}

/** Decimal strings, added exactly: as many decimals as the longest has. */
export const addMoney = (amounts: string[]): string =>
  cnyOf(amounts.reduce((total, amount) => total + nanoOf(amount), 0n))

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** "3 minutes ago", "in 2 days"; "now" within ten seconds. */
export function formatRelative(date: Date, now: Date, locale: string): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1_000)
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (Math.abs(seconds) < 10) return format.format(0, 'second')
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length)!
  return format.format(Math.trunc(seconds / size), unit)
}

export const formatDateTime = (date: Date, locale: string, timeZone = ownZone.value) =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(date)

/** Day and time of day, as short as they are clear: `Nov 27, 2:05 PM`; the year where it is another one. */
export const formatMoment = (
  date: Date,
  now: Date,
  { locale, timeZone = ownZone.value }: { locale: string; timeZone?: string | undefined },
) =>
  new Intl.DateTimeFormat(locale, {
    timeZone,
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    ...(date.getUTCFullYear() !== now.getUTCFullYear() && { year: 'numeric' }),
  }).format(date)

export const formatDay = (date: Date, locale: string, timeZone = ownZone.value) =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone }).format(date)

/** `0.125` → `12.5%`; signed: `+12.5%`. */
export const formatPercent = (share: number, locale: string, signed = false) =>
  new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: signed ? 'exceptZero' : 'auto',
  }).format(share)

/** LLM tokens a second: `7.4`, `85`. */
export const formatSpeed = (speed: number, locale: string) =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: speed < 10 ? 1 : 0 }).format(speed)

/** Milliseconds for people: `820 ms`, `12.4 s`. */
export function formatDuration(ms: number, locale: string): string {
  const unit = ms < 10_000 ? 'millisecond' : 'second'
  const value = ms < 10_000 ? ms : ms / 1_000
  const text = new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value)
  // A number stays on the line of its unit.
  return text.replace(' ', '\u00a0')
}
