import { computed, reactive, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ownZone } from '../i18n/own-zone.ts'
import { instantOf, localOf } from '../i18n/zone.ts'
import type { Checked } from '../ui/useFaults.ts'
import { isLimit, type LimitForm, limitFormOf, limitsFrom } from './limit-form.ts'
import type { Token } from './tokens.graphql.ts'
import type { TokenSettings } from './useTokens.ts'

const DAY_MS = 86_400_000
const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}(\/([12]?\d|3[0-2]))?$/
const IPV6 = /^[\da-f:]*:[\da-f:.]*(\/(\d{1,2}|1[01]\d|12[0-8]))?$/i

/** What is typed for an API token, what is wrong with it, and what the server is sent. */
export function useTokenForm() {
  const { t } = useI18n()
  const form = reactive({ name: '', note: '', expiry: 'never', date: '', models: [] as string[], ips: '' })
  const limits = ref(limitFormOf(undefined))

  /** As the API token is; undefined: a new one. */
  function fill(token: Token | undefined) {
    form.name = token?.name ?? ''
    form.note = token?.note ?? ''
    form.expiry = token?.expiresAt ? 'date' : 'never'
    form.date = token?.expiresAt ? localOf(new Date(token.expiresAt), ownZone.value).slice(0, 10) : ''
    form.models = [...(token?.models ?? [])]
    form.ips = token?.ipAllowList.join('\n') ?? ''
    limits.value = limitFormOf(token)
    filled = texts()
  }

  /** Null: never. Undefined: no day was chosen yet, or one that cannot be. */
  const expiresAt = computed(() => {
    if (form.expiry === 'never') return null
    if (form.expiry !== 'date') return new Date(Date.now() + Number(form.expiry) * DAY_MS)
    // A chosen day counts to its last second, by the person's clock.
    return instantOf(`${form.date}T23:59:59`, ownZone.value)
  })
  const addresses = computed(() => form.ips.split(/[\s,]+/).filter(Boolean))

  const limit = (name: keyof LimitForm): Checked => {
    const typed = limits.value[name]
    return [typed, !isLimit(name, typed) && t('tokens.form.notANumber')]
  }

  function check(): Record<'name' | 'expiresAt' | 'ipAllowList' | keyof LimitForm, Checked> {
    const wrong = addresses.value.find((text) => !IPV4.test(text) && !IPV6.test(text))
    const isPast = expiresAt.value !== null && (expiresAt.value?.getTime() ?? 0) <= Date.now()
    return {
      name: [form.name, !form.name.trim() && t('tokens.form.nameWanted')],
      expiresAt: [form.date, isPast && t('tokens.form.dayWanted')],
      ipAllowList: [form.ips, wrong !== undefined && t('tokens.form.ipWanted', { text: wrong })],
      requestsPerMinute: limit('requestsPerMinute'),
      capDay: limit('capDay'),
      capWeek: limit('capWeek'),
      capMonth: limit('capMonth'),
      tokensPerMinute: limit('tokensPerMinute'),
      concurrency: limit('concurrency'),
    }
  }

  const settings = (): TokenSettings => ({
    name: form.name.trim(),
    note: form.note.trim() || null,
    expiresAt: expiresAt.value?.toISOString() ?? null,
    models: form.models,
    ipAllowList: addresses.value,
    ...limitsFrom(limits.value),
  })

  /** What was filled in, to tell what is changed: what another window changed meanwhile is not taken back. */
  let filled: Partial<Record<string, string>> = {}
  const texts = () =>
    Object.fromEntries(Object.entries(settings()).map(([name, value]) => [name, JSON.stringify(value)]))
  const changes = (): Partial<TokenSettings> => {
    const now = texts()
    return Object.fromEntries(Object.entries(settings()).filter(([name]) => now[name] !== filled[name]))
  }

  return { form, limits, expiresAt, fill, check, settings, changes }
}
