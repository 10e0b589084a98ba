import { defineEntity, p, type Opt } from '@mikro-orm/core'

export const UserSchema = defineEntity({
  name: 'User',
  tableName: 'app_user',
  properties: {
    id: p.uuid().primary(),
    email: p.text(),
    emailKey: p.text().$type<Opt<string>>().generated('(lower(email)) stored').hidden(),
    /** argon2id; null for accounts that sign in by link only. */
    passwordHash: p.text().nullable().hidden(),
    displayName: p.text().nullable(),
    locale: p.text().nullable(),
    timeZone: p.text().default('Asia/Shanghai'),
    /** Until the period that runs ends, spend caps keep to the zone before the last change. */
    previousTimeZone: p.text().nullable(),
    timeZoneChangedAt: p.datetime().nullable(),
    /** Spend caps over all API tokens, in nano-CNY. */
    capDay: p.bigint().nullable(),
    capWeek: p.bigint().nullable(),
    capMonth: p.bigint().nullable(),
    /** Of quota and wallet together, in nano-CNY: below it the person is told. */
    lowBalanceNano: p.bigint().nullable(),
    isAdmin: p.boolean().default(false),
    emailVerifiedAt: p.datetime().nullable(),
    suspendedAt: p.datetime().nullable(),
    /** Then nothing here says any more who it was. */
    deletedAt: p.datetime().nullable(),
    createdAt: p.datetime(),
  },
})

export class User extends UserSchema.class {}
UserSchema.setClass(User)
