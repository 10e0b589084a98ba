/** Money in, plans and invitations. */
export const moneyIn = {
  download: 'Download CSV',
  filter: { anyKind: 'Every kind', anyPool: 'Every pool', from: 'From this day', to: 'To this day' },
  order: {
    CLOSED: 'Given up',
    CREATED: 'Being made',
    CREDITED: 'Credited',
    EXPIRED: 'Expired',
    PAID: 'Being looked at',
    PENDING: 'Waiting for payment',
    REFUNDED: 'Refunded',
    close: 'Give up',
    pay: 'Pay',
    status: 'Status',
    title: 'Latest top-ups',
  },
  provider: { sandbox: 'Sandbox' },
  redeem: {
    action: 'Redeem',
    code: 'Code',
    done: 'Redeemed: {what}.',
    hint: 'Capital or small letters, with or without dashes.',
    plan: 'a plan',
    text: 'A code gives money, bonus tokens or a plan.',
    title: 'Redeem a code',
    tokens: '{n} bonus tokens',
  },
  statement: { closing: 'Closing', in: 'In', opening: 'Opening', out: 'Out', title: 'Statement' },
  topUp: {
    amount: 'Amount',
    pay: 'Go to payment',
    provider: 'Pay with',
    range: 'Between {minimum} and {maximum}, in CNY.',
    sandbox: 'The sandbox moves no real money. It is not there in production.',
    text: 'Prepaid money for requests and plans.',
    title: 'Top up',
  },
}

export const sandboxPay = {
  back: 'Back to the wallet',
  cancel: 'Do not pay',
  closed: 'This payment was given up.',
  paid: 'Paid. The money is in the wallet.',
  pay: 'Pay',
  refunded: 'This payment was sent back.',
  text: 'This page stands for a payment provider. No real money moves.',
  title: 'Sandbox payment',
  unknown: 'There is no such payment.',
}

export const plans = {
  bought: '{name} is yours.',
  buy: 'Buy',
  buyTitle: 'Buy {name}',
  cancel: 'Cancel subscription',
  cancelText: 'It stays until {date}, with its quota, and is not renewed.',
  cancelTitle: 'Cancel the subscription?',
  cancelled: 'The subscription will end with its period.',
  change: 'Change',
  changeTo: 'Change to {name}',
  current: 'Yours now',
  example: 'Example',
  fact: {
    context: 'Prompts of up to {n} tokens',
    discount: '{n} % off every price',
    listPrice: 'List prices',
    noContextLimit: 'No limit on the length of prompts',
    quota: 'of requests included in each period',
    rate: '{n} requests a minute for each API token',
    tokens: 'Up to {n} API tokens',
  },
  perPeriod: 'a month | for {n} months',
  planned: 'Changes to {name} at the end of the period.',
  quote: {
    credit: 'Unused time of the running period',
    due: 'From the wallet now',
    lacking: 'The wallet lacks',
    later:
      'On {date} the subscription changes to {name}. Until then nothing changes, and nothing is paid now.',
    period: 'Period',
    price: 'Price',
  },
  resume: 'Keep the subscription as it is',
  resumed: 'The subscription stays as it is.',
  rules:
    'Plans are paid from the wallet. An upgrade begins at once and credits unused time; a downgrade begins with the next period. Unused quota ends with its period.',
  state: {
    changes: 'Changes to {name} on {date}.',
    ends: 'Ends on {date}.',
    pastDue:
      'The renewal could not be paid: Free holds until it is. Top up the wallet before {date}, and it is tried again.',
    renews: 'Renews on {date}.',
  },
  text: 'What a subscription costs and gives.',
  title: 'Plans',
}

export const invitations = {
  column: { invitee: 'Invited', status: 'Status', time: 'Signed up', tokens: 'Your bonus tokens' },
  copyCode: 'Copy code',
  copyLink: 'Copy link',
  empty: 'Nobody has signed up with your code yet.',
  list: 'People you invited',
  status: {
    CAPPED: 'Above the monthly limit',
    HELD: 'Held',
    REVOKED: 'Taken back',
    REWARDED: 'Rewarded',
    WAITING: 'Not paid yet',
  },
  terms:
    'You get {inviter} bonus tokens and the one you invited gets {invitee}, for {days} days, when that account first pays for a request from its wallet or tops up. Up to {perMonth} rewards a month.',
  text: 'Invite people; both sides are rewarded.',
  title: 'Invitations',
}
