import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { nanoOf } from '../../web/src/i18n/format.ts'
import type { Words } from './words.ts'

export const sum = (all: bigint[]) => all.reduce((total, one) => total + one, 0n)
/** `¥1,234.5` as nano-CNY. */
const nanoIn = (text: string) => nanoOf(text.replace(/[¥,]/g, '').replace('−', '-'))

/** Every amount of money in a place, with the digits that the eye is spared. */
export const amountsIn = (place: Locator) =>
  place
    .locator('[title^="¥"], [title^="−¥"]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('title')!))
    .then((titles) => titles.map(nanoIn))

export interface Receipt {
  cost: bigint
  /** LLM tokens. */
  bonus: bigint
  quota: bigint
  wallet: bigint
  discount: string
}

export async function readReceipt(page: Page, t: Words): Promise<Receipt> {
  const dialog = page.getByRole('dialog')
  await dialog.getByText(t('usage.receipt.paid')).waitFor()
  const line = async (label: string) => {
    const lines = dialog.locator('dl > div').filter({ has: page.getByText(t(label), { exact: true }) })
    return (await lines.locator('dd').allInnerTexts()).join(' ')
  }
  const money = async (pool: string) => nanoIn(/¥\S+/.exec(await line(`wallet.pool.${pool}`))?.[0] ?? '0')
  return {
    cost: nanoIn(await dialog.locator('.text-4xl').innerText()),
    bonus: BigInt(/^[\d,]+/.exec(await line('wallet.pool.bonus'))?.[0].replaceAll(',', '') ?? 0),
    quota: await money('quota'),
    wallet: await money('wallet'),
    discount: await line('usage.receipt.discount'),
  }
}

export async function download(page: Page, t: Words) {
  const link = page.getByRole('link', { name: t('wallet.download') })
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
  return rowsOf(readFileSync(await file.path(), 'utf8'))
}

/** A file's rows by the names in its first line; none of these fields holds a comma. */
function rowsOf(csv: string): Record<string, string>[] {
  const [head, ...lines] = csv.replace('\uFEFF', '').trim().split('\r\n')
  const names = head!.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i]!, value])))
}
