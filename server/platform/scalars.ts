import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import { formatCny, parseCny } from './money.ts'

/** Amounts leave as decimal strings in CNY and enter the same way; inside they are nano-CNY bigints. */
export const Money = new GraphQLScalarType<bigint, string>({
  name: 'Money',
  description: 'An amount in CNY: a decimal string with at most nine digits after the point.',
  serialize: (value) => formatCny(value as bigint),
  parseValue: (value) => money(value),
  parseLiteral: (node) => money(node.kind === Kind.STRING ? node.value : undefined),
})

export const Int64 = new GraphQLScalarType<bigint, string>({
  name: 'Int64',
  description: 'A whole number that may pass 2^31, as a decimal string.',
  serialize: (value) => BigInt(value as bigint | number).toString(),
  parseValue: (value) => int64(value),
  parseLiteral: (node) => int64(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : undefined),
})

/** A column of 64 bits holds nine times as much: sums of what is given fit too. */
const MONEY_END = parseCny('1000000000')

function money(value: unknown): bigint {
  try {
    const nano = typeof value === 'string' ? parseCny(value) : undefined
    if (nano !== undefined && nano < MONEY_END && nano > -MONEY_END) return nano
  } catch {
    // Answered below, in the words of the API.
  }
  throw badValue(
    'Money must be a decimal string in CNY below 1,000,000,000 with at most nine decimals, such as "12.5".',
  )
}

function int64(value: unknown): bigint {
  if ((typeof value === 'string' && /^-?\d{1,18}$/.test(value)) || Number.isSafeInteger(value))
    return BigInt(value as string | number)
  throw badValue('Int64 must be a whole number, as a string.')
}

const badValue = (message: string) => new GraphQLError(message, { extensions: { code: 'invalid_request' } })
