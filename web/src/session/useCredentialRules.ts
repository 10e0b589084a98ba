import { useI18n } from 'vue-i18n'
import type { Checked } from '../ui/useFaults.ts'

const CHARACTERS_MIN = 10
/** As UTF-8: what the server hashes. */
const BYTES_MAX = 256

/** The server's rules for an address and a new password, told beforehand; which ones are guessed first only it knows. */
export function useCredentialRules() {
  const { t } = useI18n()

  function faultIn(password: string): string | undefined {
    if ([...password].length < CHARACTERS_MIN) return t('session.passwordShort', { min: CHARACTERS_MIN })
    if (new TextEncoder().encode(password).length > BYTES_MAX)
      return t('session.passwordLong', { max: BYTES_MAX })
    return undefined
  }

  return {
    hint: () => t('session.passwordHint', { min: CHARACTERS_MIN }),
    email: (typed: string): Checked => [
      typed,
      !/^\S+@\S+\.\S+$/.test(typed.trim()) && t('session.emailWanted'),
    ],
    password: (typed: string): Checked => [typed, faultIn(typed)],
  }
}
