import { shallowRef } from 'vue'

export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
/** Whose clock the pages show: the account's, which spend caps and plans follow; the browser's where nobody is signed in. */
export const ownZone = shallowRef(browserZone())
export function setOwnZone(timeZone: string | undefined) {
  ownZone.value = timeZone ?? browserZone()
}
