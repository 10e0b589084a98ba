import type { Catalog, CatalogModel } from '../catalog/catalog.ts'
import { costOf } from '../ledger/price.ts'
import type { Config } from '../platform/config.ts'
import type { Language } from '../platform/language.ts'
import { formatCny, formatPrice, PPM_ONE } from '../platform/money.ts'
import type { Settings } from '../platform/settings.ts'
import type { Sql } from '../platform/sql.ts'
import { TOP_UP_MAX, TOP_UP_MIN } from '../payments/orders.ts'
import { visibleOffers, type Offer } from '../plans/offers.ts'
import { FREE } from '../plans/plans.ts'
import { count, poolFacts, ruleFacts } from './rules.ts'

export interface DocumentationContext {
  config: Config
  sql: Sql
  settings: Settings
  catalog: Catalog
}

export type Facts = ReadonlyMap<string, string>

/** The model of the examples, while there is one of this name. */
const EXAMPLE_MODEL = 'deepseek-v4-pro'
const EXAMPLE_USAGE = {
  promptTokens: 12_000,
  cachedTokens: 9_000,
  completionTokens: 800,
  reasoningTokens: null,
}
const UNKNOWN = '—'

/**
 * Every number that the documentation states, as words of a language: the articles have placeholders, so that
 * what an operator changes is true on every page at once.
 */
export async function documentationFacts(ctx: DocumentationContext, language: Language): Promise<Facts> {
  const { config, settings, catalog, sql } = ctx
  const { values } = settings
  const offers = await visibleOffers(sql)
  const free = offers.find(({ planId }) => planId === FREE)
  const pro = offers.find(({ planId }) => planId !== FREE)
  const model = catalog.findModel(EXAMPLE_MODEL) ?? catalog.models()[0]
  return new Map(
    Object.entries({
      site_name: values.siteName,
      origin: config.publicUrl,
      base_url: `${config.publicUrl}/api/v1`,
      model: model?.id ?? EXAMPLE_MODEL,
      token: 'YOUR_API_TOKEN',
      ...planFacts('free', free, language),
      ...planFacts('pro', pro, language),
      sign_up_tokens: count(values.signUpBonusTokens),
      sign_up_days: count(values.signUpBonusDays),
      inviter_tokens: count(values.inviterBonusTokens),
      invitee_tokens: count(values.inviteeBonusTokens),
      invitation_days: count(values.invitationBonusDays),
      invitations_per_month: count(values.invitationsPerMonth),
      top_up_min: money(TOP_UP_MIN),
      top_up_max: money(TOP_UP_MAX),
      contact: values.siteContact || NOBODY[language],
      ...ruleFacts(),
      ...(model && exampleFacts(model, pro)),
    }),
  )
}

/** Until the operator has said how to be reached. */
const NOBODY = { en: 'the operator of this site', 'zh-CN': '本站运营者' }
const NO_LIMIT = { en: 'no limit', 'zh-CN': '无限制' }

function planFacts(name: string, offer: Offer | undefined, language: Language): Record<string, string> {
  const context = offer?.contextTokensMax
  const facts = {
    name: offer?.name,
    price: offer && money(offer.priceNano),
    quota: offer && money(offer.quotaNano),
    months: offer && count(offer.months),
    rpm: offer && count(offer.requestsPerMinute),
    context: context ? `${count(context)} tokens` : NO_LIMIT[language],
    api_tokens: offer && count(offer.activeTokensMax),
    discount: offer && percent(PPM_ONE - offer.discountPpm),
  }
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [`${name}_${key}`, value ?? UNKNOWN]))
}

/** One request worked out with the prices that hold now, by the same function that bills. */
function exampleFacts(model: CatalogModel, pro: Offer | undefined): Record<string, string> {
  const { input, output } = model.price
  const cached = model.price.cachedInput ?? input
  const { promptTokens, cachedTokens, completionTokens } = EXAMPLE_USAGE
  const part = (tokens: number, price: bigint) => formatCny((BigInt(tokens) * price) / 1_000n)
  const cost = (discountPpm: bigint) =>
    costOf({ versionId: '', input, cachedInput: model.price.cachedInput, output, discountPpm }, EXAMPLE_USAGE)
  const proCost = cost(pro?.discountPpm ?? PPM_ONE)
  return {
    example_model: model.id,
    example_name: model.displayName,
    example_provider: model.provider.id,
    example_context: String(model.contextLength),
    example_output_max: String(model.maxOutputTokens),
    example_input_token: perToken(input),
    example_cached_token: perToken(cached),
    example_output_token: perToken(output),
    example_prompt: count(promptTokens),
    example_fresh: count(promptTokens - cachedTokens),
    example_cached: count(cachedTokens),
    example_completion: count(completionTokens),
    example_total: count(promptTokens + completionTokens),
    example_input_price: formatPrice(input),
    example_cached_price: formatPrice(cached),
    example_output_price: formatPrice(output),
    example_fresh_cost: part(promptTokens - cachedTokens, input),
    example_cached_cost: part(cachedTokens, cached),
    example_output_cost: part(completionTokens, output),
    example_cost: formatCny(cost(PPM_ONE)),
    example_pro_cost: formatCny(proCost),
    ...poolFacts(model.id, BigInt(promptTokens + completionTokens), proCost),
  }
}

function money(nano: bigint): string {
  const [whole = '0', fraction] = formatCny(nano).split('.')
  return `¥${count(Number(whole))}${fraction ? `.${fraction}` : ''}`
}

/** CNY for one LLM token, as GET /models says it. */
function perToken(price: bigint): string {
  const digits = price.toString().padStart(13, '0')
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, '')
}

/** 200_000 → `20%`. */
const percent = (ppm: bigint) => `${formatCny(ppm * 100_000n)}%`
