import { addMoney, nanoOf } from '../i18n/format.ts'

const DAYS_MAX = 999n

/** Of what the pools paid, what was money: bonus tokens are none. */
export const moneyOf = (pools: readonly { key: string; cost: string }[]): string =>
  addMoney(pools.filter(({ key }) => key === 'QUOTA' || key === 'WALLET').map(({ cost }) => cost))

/** Days that money lasts at the pace of the last seven; undefined when nothing was spent, or for ages. */
export function daysLeft(spendable: string, weekCost: string): number | undefined {
  const spent = nanoOf(weekCost)
  const left = nanoOf(spendable)
  if (spent <= 0n || left < 0n) return undefined
  const days = (left * 7n) / spent
  return days > DAYS_MAX ? undefined : Number(days)
}
