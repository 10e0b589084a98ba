import DataLoader from 'dataloader'
import type { Ledger } from '../ledger/ledger.ts'
import type { Receipt } from '../ledger/statement.ts'
import { PPM_ONE } from '../platform/money.ts'
import { type Context, signedIn } from '../platform/context.ts'
import { ApiToken } from '../tokens/token.entity.ts'
import { tokenSpends } from './spend.settings.ts'
import type { Spend } from './spend.ts'
import type { ReceiptType } from './receipt.type.ts'

export type UsageContext = Context & { ledger: Pick<Ledger, 'receiptsOf'> }

interface Loaders {
  apiToken: DataLoader<string, ApiToken | null>
  receipt: DataLoader<string, ReceiptType | null>
  spend: DataLoader<ApiToken, Spend[]>
}

const loaders = new WeakMap<object, Loaders>()

/** A page of records asks once for all their API tokens, and once for all their receipts. */
export function loadersOf(ctx: UsageContext): Loaders {
  const known = loaders.get(ctx)
  if (known) return known
  const made: Loaders = {
    apiToken: new DataLoader(async (ids) => {
      // An administrator looks at other people's requests too.
      const { id: userId, isAdmin } = signedIn(ctx)
      const owner = isAdmin ? {} : { userId }
      const tokens = await ctx.em.find(ApiToken, { id: { $in: [...ids] }, ...owner })
      const byId = new Map(tokens.map((token) => [token.id, token]))
      return ids.map((id) => byId.get(id) ?? null)
    }),
    receipt: new DataLoader(async (ids) => {
      const receipts = await ctx.ledger.receiptsOf([...ids])
      return ids.map((id) => {
        const receipt = receipts.get(id)
        return receipt ? shownReceipt(receipt) : null
      })
    }),
    spend: new DataLoader((tokens) => tokenSpends(ctx, tokens)),
  }
  loaders.set(ctx, made)
  return made
}

function shownReceipt(receipt: Receipt): ReceiptType {
  // Pico-CNY per token is micro-CNY per million; people read CNY per million.
  const perMillion = (price: bigint) => price * 1_000n
  const { inputPrice, cachedInputPrice, outputPrice, discountPpm, ...rest } = receipt
  return {
    ...rest,
    notCharged: rest.notCharged as ReceiptType['notCharged'],
    inputPrice: perMillion(inputPrice),
    cachedInputPrice: cachedInputPrice === null ? null : perMillion(cachedInputPrice),
    outputPrice: perMillion(outputPrice),
    discountRatio: Number(discountPpm) / Number(PPM_ONE),
  }
}
