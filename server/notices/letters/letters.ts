import type { Letter } from '../../platform/mail/letter.ts'
import { formatCny } from '../../platform/money.ts'
import type { NoticeKind, Occasion } from '../notice.kinds.ts'
import { en } from './en.ts'
import { zhCn } from './zh-CN.ts'

/** A notice's facts in words. */
export interface Values {
  amount: string
  limit: string
  tokens: string
  planName: string
  modelId: string
  /** Null: a spend cap over all of them. */
  apiTokenName: string | null
  period: 'day' | 'week' | 'month'
  /** UTC, to the minute. */
  at: string
}

export interface NoticeWords {
  subjects: Record<NoticeKind, (values: Values) => string>
  bodies: Record<NoticeKind, (values: Values) => string>
  open: string
  why: string
}

/** Where in the console something can be done about it. */
const pages: Record<NoticeKind, string> = {
  low_balance: '/console/wallet',
  spend_cap_near: '/console/tokens',
  spend_cap_reached: '/console/tokens',
  plan_renewed: '/console/plans',
  plan_renewal_failed: '/console/wallet',
  plan_ended: '/console/plans',
  order_credited: '/console/wallet',
  invitation_rewarded: '/console/invitations',
  price_change: '/models',
  api_token_expiring: '/console/tokens',
}

/** A notice as an e-mail, in the account's language; Chinese where none was chosen. */
export function noticeLetter(
  locale: string | null,
  { kind, facts }: Pick<Occasion, 'kind' | 'facts'>,
  { site, publicUrl }: { site: string; publicUrl: string },
): Letter {
  const words = locale === 'en' ? en : zhCn
  const money = (digits = '0') => `¥${formatCny(BigInt(digits))}`
  const values: Values = {
    amount: money(facts.amount),
    limit: money(facts.limit),
    tokens: BigInt(facts.tokens ?? '0').toLocaleString('en'),
    planName: facts.planName ?? '',
    modelId: facts.modelId ?? '',
    apiTokenName: facts.apiTokenName ?? null,
    period: facts.period ?? 'day',
    at: `${(facts.at ?? '').slice(0, 16).replace('T', ' ')} UTC`,
  }
  return {
    subject: `${site}: ${words.subjects[kind](values)}`,
    body: [
      words.bodies[kind](values),
      { link: new URL(pages[kind], publicUrl).href, label: words.open },
      words.why,
    ],
  }
}
