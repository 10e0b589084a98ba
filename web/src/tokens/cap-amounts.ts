import { formatExactMoney, formatMoney } from '../i18n/format.ts'

/** What is used of a cap, and the cap: in full where cents would show no difference between them. */
export function capAmounts(spent: string, cap: string): { spent: string; cap: string } {
  const short = { spent: formatMoney(spent), cap: formatMoney(cap) }
  if (short.spent !== short.cap || spent === cap) return short
  return { spent: formatExactMoney(spent), cap: formatExactMoney(cap) }
}
