import { DomainError } from '../platform/errors.ts'
import { formatCny } from '../platform/money.ts'
import type { Available } from './pools.ts'

const inWords = ({ bonusTokens, quota, wallet }: Available) => ({
  bonusTokens: bonusTokens.toString(),
  quota: formatCny(quota),
  wallet: formatCny(wallet),
})

/** 402: nothing is left in any pool, once running requests are counted. */
export function nothingLeft(left: Available) {
  const balance = inWords(left)
  return new DomainError(
    'payment_required',
    'insufficient_balance',
    `Nothing is left to pay for this request: bonus ${balance.bonusTokens} tokens, quota ¥${balance.quota}, wallet ` +
      `¥${balance.wallet}, running requests deducted. Top up the wallet, redeem a code, or wait for a bonus.`,
    {
      balance,
      remedies: ['top_up', 'redeem_code', 'wait_for_bonus'],
      zh:
        `余额已用完：Token 余额 ${balance.bonusTokens}，订阅额度 ¥${balance.quota}，钱包 ¥${balance.wallet}` +
        `（已扣除进行中的请求）。请充值、兑换或等待奖励。`,
    },
  )
}

/** 402: all that is left is held for running requests; what they do not use comes back, so a moment later may do. */
export const allHeld = (left: Available) =>
  new DomainError(
    'payment_required',
    'insufficient_balance',
    'What is left is held for requests that still run. Try again in a moment, or top up the wallet.',
    {
      balance: inWords(left),
      remedies: ['top_up', 'redeem_code', 'wait_for_bonus'],
      retryAfter: 1,
      zh: '余额正由未完成的请求占用。请稍后重试，或充值。',
    },
  )

/** 402: the wallet has less than something costs. */
export const walletTooLow = (wallet: bigint, amount: bigint) =>
  new DomainError(
    'payment_required',
    'insufficient_balance',
    `The wallet has ¥${formatCny(wallet)}, but ¥${formatCny(amount)} is needed. Top up the wallet or redeem a code.`,
    {
      wallet: formatCny(wallet),
      needed: formatCny(amount),
      shortfall: formatCny(amount - wallet),
      remedies: ['top_up', 'redeem_code'],
    },
  )
