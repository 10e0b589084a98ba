import DataLoader from 'dataloader'
import type { Context } from '../platform/context.ts'
import { subscribersOf } from './offers.ts'

const loaders = new WeakMap<object, DataLoader<string, number>>()

/** A list of plans counts all their subscribers at once. */
export function subscribersLoader(ctx: Context): DataLoader<string, number> {
  const known = loaders.get(ctx)
  if (known) return known
  const made = new DataLoader<string, number>((planIds) => subscribersOf(ctx, planIds))
  loaders.set(ctx, made)
  return made
}
