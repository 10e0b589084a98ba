import { expect, test } from 'vitest'
import { createLog } from '../../server/platform/log.ts'
import { createSettings, settingRules } from '../../server/platform/settings.ts'
import { forgetOld } from '../../server/retention.ts'
import { messages } from '../../web/src/locales/en.ts'
import { describeMarket } from '../support/market.ts'

const FIELDS = 'settings { id value changedBy changedAt }'
const change = (key: string, seen: string, value: string) => ({ changes: [{ key, seen, value }] })

test('every setting has a label and a hint in the console', () => {
  const texts = Object.keys(messages.operator.setting).sort()
  expect(texts).toEqual(
    settingRules()
      .map(({ key }) => key as string)
      .sort(),
  )
})

describeMarket("the operator's settings", (promise) => {
  promise('are written once, seen by everybody at once, and say who changed them', async (market) => {
    const [admin, person] = [await market.admin(), await market.shopper()]
    const named = change('siteName', 'PingToken', ' Linden ')
    expect((await person.refused('updateSettings', named, FIELDS)).code).toBe('admin_required')
    const { settings } = await admin.do('updateSettings', named, FIELDS)
    expect(settings[0]).toMatchObject({ id: 'siteName', value: 'Linden', changedBy: admin.email })
    expect((await person.ask('{ site { name } }')).site.name).toBe('Linden')
    const late = await admin.refused('updateSettings', change('siteName', 'PingToken', 'Oak'), FIELDS)
    expect(late).toMatchObject({ code: 'setting_changed_meanwhile', param: 'siteName' })
    const { auditEntries } = await admin.ask(
      '{ auditEntries(first: 1, filter: { action: "update_setting" }) { edges { node { actor target changes { field before after } } } } }',
    )
    expect(auditEntries.edges[0].node).toEqual({
      actor: admin.email,
      target: 'siteName',
      changes: [{ field: 'siteName', before: 'PingToken', after: 'Linden' }],
    })
  })

  promise('are refused at the field, all of them, when one of them is wrong', async (market) => {
    const admin = await market.admin()
    const both = {
      changes: [
        { key: 'signUpBonusDays', seen: '30', value: '60' },
        { key: 'signUpBonusTokens', seen: '100000', value: 'many' },
      ],
    }
    expect(await admin.refused('updateSettings', both, FIELDS)).toMatchObject({ param: 'signUpBonusTokens' })
    for (const value of ['-1', '1000000001', '1.5', ''])
      expect(
        await admin.refused('updateSettings', change('signUpBonusTokens', '100000', value), FIELDS),
      ).toMatchObject({ param: 'signUpBonusTokens' })
    expect((await admin.refused('updateSettings', change('isAdmin', '', '1'), FIELDS)).code).toBe(
      'invalid_request',
    )
    expect(market.testApp.app.services.settings.values).toMatchObject({ signUpBonusDays: 30 })
  })

  promise('reach another process that hears of them, without a restart', async (market) => {
    const { sql, log } = market.testApp.app.services
    let heard: (() => void) | undefined
    const bus = {
      tell() {},
      hear: (_: string, f: () => void) => (heard = f),
      onDoubt() {},
      sure: true,
      close: async () => {},
    }
    const other = await createSettings(sql, { bus: bus as never, log: log ?? createLog('silent') })
    const admin = await market.admin()
    await admin.do('updateSettings', change('invitationsPerMonth', '20', '21'), FIELDS)
    heard!()
    await expect.poll(() => other.values.invitationsPerMonth).toBe(21)
  })

  promise(
    'say how long things are kept; the audit of half a year stays whatever they say',
    async (market) => {
      const admin = await market.admin()
      const { sql, settings } = market.testApp.app.services
      const ago = (days: number) => new Date(Date.now() - days * 86_400_000)
      for (const days of [1, 200, 1200])
        await sql.query(
          `INSERT INTO audit_entry (id, actor_id, action, target, detail, created_at)
         VALUES (gen_random_uuid(), $1, $2, 'x', '{}', $3)`,
          [admin.id, `aged ${days}`, ago(days)],
        )
      await sql.query('UPDATE user_session SET expires_at = $2 WHERE user_id = $1', [admin.id, ago(31)])
      await forgetOld({ sql, settings, now: () => new Date() })
      const rows = await sql.query("SELECT action FROM audit_entry WHERE action LIKE 'aged%' ORDER BY 1")
      expect(rows).toEqual([{ action: 'aged 1' }, { action: 'aged 200' }])
      expect(await sql.query('SELECT id FROM user_session WHERE user_id = $1', [admin.id])).toEqual([])
      await expect(sql.query("DELETE FROM audit_entry WHERE action = 'aged 1'")).rejects.toThrow('history')
    },
  )
})
