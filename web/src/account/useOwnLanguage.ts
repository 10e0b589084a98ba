import { useClientHandle } from '@urql/vue'
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { viewer } from '../session/session.ts'
import { UpdateProfile } from './account.graphql.ts'

/** The language that somebody chooses to read becomes the account's: of its letters, and of the next browser. */
export function useOwnLanguage() {
  const { locale } = useI18n()
  const { client } = useClientHandle()
  watch(locale, async (read) => {
    if (!viewer.value || viewer.value.locale === read) return
    const { data } = await client.mutation(UpdateProfile, { input: { locale: read } })
    if (data) viewer.value = data.updateProfile.viewer
  })
}
