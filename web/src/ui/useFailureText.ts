import { useI18n } from 'vue-i18n'
import type { Failure } from '../graphql/errors.ts'

/** What a failure says to a person, in their language; an unknown code is named rather than hidden. */
export function useFailureText() {
  const { t, te } = useI18n()
  return ({ code, values, reason }: Failure) => {
    if (reason) return reason
    return te(`errors.${code}`)
      ? t(`errors.${code}`, values as Record<string, string>)
      : t('errors.unknown', { code })
  }
}
