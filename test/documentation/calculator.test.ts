import { expect, test } from 'vitest'
import { costOf } from '../../server/ledger/price.ts'
import { receiptOf } from '../../web/src/docs/receipt.ts'

const NANO_PER_MICRO = 1_000n
const ROUNDS = 2_000

/** The same numbers at each run. */
function numbers(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state % below
  }
}

test('the calculator bills as the gateway does, to the last nano-CNY', () => {
  const upTo = numbers(20_261_126)
  for (let round = 0; round < ROUNDS; round++) {
    const promptTokens = upTo(200_000)
    const usage = {
      promptTokens,
      cachedTokens: upTo(promptTokens + 1),
      completionTokens: upTo(50_000),
      reasoningTokens: null,
    }
    const [input, cached, output] = [upTo(90_000_000), upTo(9_000_000), upTo(300_000_000)].map(BigInt)
    const cachedInput = round % 3 === 0 ? null : cached!
    const discountPpm = BigInt(upTo(1_000_001))
    const gateway = costOf({ versionId: '', input: input!, cachedInput, output: output!, discountPpm }, usage)
    const { cost } = receiptOf(
      {
        input: input! * NANO_PER_MICRO,
        cachedInput: cachedInput === null ? null : cachedInput * NANO_PER_MICRO,
        output: output! * NANO_PER_MICRO,
        discountPpm,
      },
      {
        promptTokens: BigInt(usage.promptTokens),
        cachedTokens: BigInt(usage.cachedTokens),
        completionTokens: BigInt(usage.completionTokens),
      },
    )
    expect(cost).toBe(gateway)
  }
})
