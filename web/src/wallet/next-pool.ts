import { nanoOf } from '../i18n/format.ts'

/** The pool that the next request takes from first; undefined when all are empty. */
export function nextPool(wallet: { bonusTokens: string; quota: string; wallet: string }) {
  if (BigInt(wallet.bonusTokens) > 0n) return 'bonus'
  if (nanoOf(wallet.quota) > 0n) return 'quota'
  return nanoOf(wallet.wallet) > 0n ? 'wallet' : undefined
}
