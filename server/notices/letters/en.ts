import type { NoticeWords, Values } from './letters.ts'

const periods = { day: 'daily', week: 'weekly', month: 'monthly' }
const capOf = ({ apiTokenName, period }: Values) =>
  apiTokenName === null
    ? `the ${periods[period]} spend cap of your account`
    : `the ${periods[period]} spend cap of the API token “${apiTokenName}”`

export const en: NoticeWords = {
  subjects: {
    low_balance: () => 'your balance is low',
    spend_cap_near: () => 'a spend cap is nearly reached',
    spend_cap_reached: () => 'a spend cap is reached',
    plan_renewed: ({ planName }) => `your plan ${planName} was renewed`,
    plan_renewal_failed: ({ planName }) => `your plan ${planName} could not be renewed`,
    plan_ended: ({ planName }) => `your plan ${planName} has ended`,
    order_credited: ({ amount }) => `${amount} is in your wallet`,
    invitation_rewarded: () => 'an invitation was rewarded',
    price_change: ({ modelId }) => `the price of ${modelId} changes`,
    api_token_expiring: () => 'an API token is about to expire',
  },
  bodies: {
    low_balance: ({ amount, limit }) =>
      `Quota and wallet together hold ${amount}. You asked to be told below ${limit}.`,
    spend_cap_near: (values) =>
      `${values.amount} of ${values.limit} is used: ${capOf(values)}. It begins anew at ${values.at}.`,
    spend_cap_reached: (values) =>
      `${values.amount} of ${values.limit} is used: ${capOf(values)}. Further requests are refused until ${values.at}, unless you raise it.`,
    plan_renewed: ({ planName, amount, at }) => `${planName} was renewed for ${amount} and runs until ${at}.`,
    plan_renewal_failed: ({ planName, amount, at }) =>
      `Your wallet does not hold the ${amount} for ${planName}. Until ${at} we try again; meanwhile you are on the free plan.`,
    plan_ended: ({ planName, at }) => `${planName} ended at ${at}. You are on the free plan now.`,
    order_credited: ({ amount }) => `Your top-up of ${amount} was paid and credited.`,
    invitation_rewarded: ({ tokens }) => `You received ${tokens} bonus tokens for an invitation.`,
    price_change: ({ modelId, at }) => `You used ${modelId} lately. It has another price from ${at} on.`,
    api_token_expiring: ({ apiTokenName, at }) => `The API token “${apiTokenName}” stops working at ${at}.`,
  },
  open: 'Open the console',
  why: 'You get this because you switched it on; the console has the switch, on the account page.',
}
