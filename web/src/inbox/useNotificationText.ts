import { useI18n } from 'vue-i18n'
import { formatCount, formatDateTime, formatMoney } from '../i18n/format.ts'
import { capAmounts } from '../tokens/cap-amounts.ts'
import type { Notification } from './inbox.graphql.ts'

/** A notification in the language of the page; an announcement brings its own words. */
export function useNotificationText() {
  const { t, locale } = useI18n()
  return ({ kind, facts, announcement }: Notification): { title: string; body: string } => {
    if (announcement) {
      const { titleEn, titleZh, bodyEn, bodyZh } = announcement
      return locale.value === 'en' ? { title: titleEn, body: bodyEn } : { title: titleZh, body: bodyZh }
    }
    const isCap = kind === 'SPEND_CAP_NEAR' || kind === 'SPEND_CAP_REACHED'
    const cap = isCap && capAmounts(facts.amount ?? '', facts.limit ?? '')
    const values = {
      amount: facts.amount === null ? '' : formatMoney(facts.amount),
      limit: facts.limit === null ? '' : formatMoney(facts.limit),
      tokens: facts.tokens === null ? '' : formatCount(facts.tokens, locale.value),
      plan: facts.planName ?? '',
      model: facts.modelId ?? '',
      token: facts.apiTokenName ?? '',
      period: facts.period === null ? '' : t(`inbox.period.${facts.period}`),
      at: facts.at === null ? '' : formatDateTime(new Date(facts.at), locale.value),
      ...(cap && { amount: cap.spent, limit: cap.cap }),
    }
    const body = isCap && facts.apiTokenName !== null ? `${kind}_TOKEN` : kind
    return { title: t(`inbox.title.${kind}`, values), body: t(`inbox.body.${body}`, values) }
  }
}

/** Where something can be done about it. */
export const placeOf: Partial<Record<Notification['kind'], string>> = {
  LOW_BALANCE: 'wallet',
  SPEND_CAP_NEAR: 'tokens',
  SPEND_CAP_REACHED: 'tokens',
  PLAN_RENEWED: 'plans',
  PLAN_RENEWAL_FAILED: 'wallet',
  PLAN_ENDED: 'plans',
  ORDER_CREDITED: 'wallet',
  INVITATION_REWARDED: 'invitations',
  PRICE_CHANGE: 'models',
  API_TOKEN_EXPIRING: 'tokens',
}

export const PERSONAL_KINDS = Object.keys(placeOf) as Notification['kind'][]
