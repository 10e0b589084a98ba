import { Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql'
import { administrator, type Context } from '../platform/context.ts'

@ObjectType({ description: 'One promise about money, and whether the books keep it.' })
class LedgerPromise {
  @Field(() => String, { description: 'I1 to I13.' }) id!: string
  @Field(() => String, { description: 'In English, as a sentence.' }) promise!: string
  @Field(() => Boolean, { description: 'False: `examples` show where it is broken.' }) kept!: boolean
  @Field(() => String, { nullable: true, description: 'Why it was not looked at; null: it was.' })
  notChecked!: string | null
  @Field(() => [String], { description: 'At most ten rows that break it, as JSON.' }) examples!: string[]
}

@ObjectType({ description: 'The last check of the books.' })
class LedgerCheck {
  @Field(() => Date, { description: 'When the check had ended.' }) checkedAt!: Date
  @Field(() => Date, {
    nullable: true,
    description: 'Books that changed since then were looked at; null: all.',
  })
  since!: Date | null
  @Field(() => [LedgerPromise], { description: 'All that are looked at, kept ones too.' })
  promises!: LedgerPromise[]
}

interface Row {
  finished_at: Date
  since: Date | null
  checks: { id: string; promise: string; rows: object[]; notChecked?: string }[]
}

@Resolver()
export class BooksResolver {
  @Query(() => LedgerCheck, {
    nullable: true,
    description: 'For administrators; null before the first check.',
  })
  async ledgerCheck(@Ctx() ctx: Context): Promise<LedgerCheck | null> {
    administrator(ctx)
    const [row] = await ctx.sql.query<Row>(
      'SELECT finished_at, since, checks FROM ledger_check ORDER BY started_at DESC LIMIT 1',
    )
    return row ? { checkedAt: row.finished_at, since: row.since, promises: row.checks.map(shown) } : null
  }
}

const shown = ({ id, promise, rows, notChecked }: Row['checks'][number]): LedgerPromise => ({
  id,
  promise,
  kept: rows.length === 0,
  notChecked: notChecked ?? null,
  examples: rows.map((row) => JSON.stringify(row)),
})
