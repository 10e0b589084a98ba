import { computed, type Ref } from 'vue'
import { nanoOf } from '../i18n/format.ts'
import type { Figures, Standing } from './dashboard.graphql.ts'

const WEEK_MS = 7 * 86_400_000
/** Share of a cap from which it is worth a word. */
const CAP_PERCENT = 80n
/** Fewer requests than this say nothing about a rate. */
const REQUESTS_MIN = 5
const ERROR_RATE = 0.1

type Spend = Standing['spend'][number]

export interface Retiring {
  id: string
  retiresAt: string
  replacementId: string | null
}

interface Sources {
  figures: Figures | undefined
  standing: Standing | undefined
  /** Of models that are going away. */
  retiring: readonly Retiring[]
  wallet: { bonusTokens: string; spendable: string } | undefined
}

export type Alert =
  | { kind: 'empty' }
  | { kind: 'lowBalance'; spendable: string; threshold: string }
  | { kind: 'cap'; name: string | undefined; spend: Spend & { cap: string } }
  | { kind: 'expiring'; name: string; at: string }
  | { kind: 'errors'; share: number }
  | { kind: 'retiring'; model: Retiring }

/** What may soon stop the account's requests, or does already; the most pressing first. */
export function alertsOf({ figures, standing, retiring, wallet }: Sources, now: Date): Alert[] {
  const alerts: Alert[] = []
  const threshold = standing?.lowBalanceAlert
  if (wallet && wallet.bonusTokens === '0' && nanoOf(wallet.spendable) <= 0n) alerts.push({ kind: 'empty' })
  else if (wallet && threshold && nanoOf(wallet.spendable) < nanoOf(threshold))
    alerts.push({ kind: 'lowBalance', spendable: wallet.spendable, threshold })

  const quarter = figures?.quarter.totals
  if (quarter && Number(quarter.requests) >= REQUESTS_MIN) {
    // What its caller stopped did not fail.
    const failed = Number(quarter.requests) - Number(quarter.succeeded) - Number(quarter.cancelled)
    const share = failed / Number(quarter.requests)
    if (share > ERROR_RATE) alerts.push({ kind: 'errors', share })
  }

  const used = new Set(figures?.week.byModel.map(({ key }) => key))
  for (const model of retiring) if (used.has(model.id)) alerts.push({ kind: 'retiring', model })

  for (const spend of standing?.spend ?? [])
    if (isNear(spend)) alerts.push({ kind: 'cap', name: undefined, spend })
  for (const { node } of standing?.apiTokens.edges ?? []) {
    for (const spend of node.spend) if (isNear(spend)) alerts.push({ kind: 'cap', name: node.name, spend })
    const left = node.expiresAt ? Date.parse(node.expiresAt) - now.getTime() : Infinity
    if (left > 0 && left < WEEK_MS) alerts.push({ kind: 'expiring', name: node.name, at: node.expiresAt! })
  }
  return alerts
}

const isNear = (spend: Spend): spend is Spend & { cap: string } =>
  spend.cap !== null && nanoOf(spend.spent) * 100n >= nanoOf(spend.cap) * CAP_PERCENT

export const useAlerts = (sources: Ref<Sources>) => computed(() => alertsOf(sources.value, new Date()))
