import type { Letter } from '../../platform/mail/letter.ts'
import { en } from './en.ts'
import { zhCn } from './zh-CN.ts'

/** What accounts write to their owners; one file for each language. */
export interface Letters {
  verifyEmail(values: { code: string; minutes: number; site: string }): Letter
  changeEmail(values: { code: string; minutes: number; site: string }): Letter
  emailChanged(values: { email: string; site: string }): Letter
  resetPassword(values: { url: string; minutes: number; site: string }): Letter
  /** `accessKeys`: those that ended with it, where a link was used; else those that go on working. */
  passwordChanged(values: { site: string; byLink: boolean; accessKeys: number }): Letter
  accountDeleted(values: { site: string }): Letter
}

/** Of the account's language; Chinese where none was chosen. */
export const lettersIn = (locale: string | null | undefined): Letters => (locale === 'en' ? en : zhCn)
