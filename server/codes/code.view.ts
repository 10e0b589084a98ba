import type { Connection } from '../platform/page.ts'
import type { CodeBatch } from './code.batches.ts'
import type { CodeBatchType, CodeKindType, CodeRedemptionType } from './code.type.ts'
import type { CodeKind, Redemption } from './codes.ts'

/** The stored amount in the unit of what it gives. */
const inUnit = (kind: CodeKind, amount: bigint | null) => ({
  money: kind === 'wallet' ? amount : null,
  tokens: kind === 'bonus' ? amount : null,
})

export const redemptionType = ({ amount, ...redemption }: Redemption): CodeRedemptionType => ({
  ...redemption,
  kind: redemption.kind as CodeKindType,
  ...inUnit(redemption.kind, amount),
})

export const batchType = ({ amount, ...batch }: CodeBatch): CodeBatchType => ({
  ...batch,
  kind: batch.kind as CodeKindType,
  ...inUnit(batch.kind, amount),
})

export const mapped = <A, B>({ edges, pageInfo }: Connection<A>, show: (node: A) => B): Connection<B> => ({
  edges: edges.map(({ cursor, node }) => ({ cursor, node: show(node) })),
  pageInfo,
})
