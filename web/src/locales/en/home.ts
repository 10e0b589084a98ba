/** The dashboard's parts. */
export const board = {
  alert: {
    accountCap: 'The account has nearly reached its cap: {used}.',
    accountCapped: 'The account has reached its cap and its requests are refused: {used}.',
    empty: 'Nothing is left to pay requests with: they are refused.',
    errors: '{share} of the requests of the last 15 minutes did not succeed.',
    expiring: 'API token “{name}” expires {when}.',
    failed: 'Failed requests',
    limits: 'Limits',
    lowBalance: '{left} is left, less than the {threshold} you want to be told about.',
    more: 'and {n} more',
    replaced: '{model}, which you used this week, is answered until {when}. Change to {other}.',
    retiring: '{model}, which you used this week, is answered until {when}.',
    whoUses: 'See which API tokens use it',
    renew: 'API tokens',
    title: 'Needs attention',
    tokenCap: 'API token “{name}” has nearly reached its cap: {used}.',
    tokenCapped: 'API token “{name}” has reached its cap and its requests are refused: {used}.',
  },
  before: '{change} on {amount} by this time yesterday',
  beforeAlone: '{amount} by this time yesterday',
  calendar: {
    asGrid: 'View as calendar',
    asTable: 'View as table',
    date: 'Day',
    day: '{date}: {amount}, {requests} requests',
    hint: 'A column is a week from Monday. Arrow keys walk the days.',
    less: 'less',
    more: 'more',
    none: 'No requests in these 26 weeks.',
    title: 'Cost per day, 26 weeks',
  },
  daysLeft:
    'Quota and wallet last less than a day at the pace of the last 7 days. | Quota and wallet last about a day at the pace of the last 7 days. | Quota and wallet last about {n} days at the pace of the last 7 days.',
  live: 'Live usage',
  noRate: 'none yet',
  noneBefore: 'nothing by this time yesterday',
  rate: '{share} succeeded',
  steps: {
    alert: 'Choose when to hear of a low balance',
    client: 'Connect a client',
    dismiss: 'Dismiss',
    done: '{n} of {of}',
    isDone: '(done)',
    request: 'Make the first request',
    title: 'Getting started',
    token: 'Create an API token',
    verify: 'Confirm your e-mail address',
  },
  top: {
    models: 'Top models, 7 days',
    none: 'Nothing used in the last 7 days.',
    tokens: 'Top API tokens, 7 days',
  },
  ttftNote: 'median of the last hour; p95\u00a0{p95}',
  waiting: '{n} new',
}

/** Paying an order, and what the wallet says of itself. */
export const pay = {
  alert: {
    below: 'Tell me below, in CNY',
    none: 'You are not told when quota and wallet run low.',
    now: 'You are told when quota and wallet together fall below',
    off: 'You are no longer told of a low balance.',
    save: 'Save',
    saved: 'You are told of a low balance.',
    stop: 'Do not tell me',
    title: 'Low-balance alert',
    wrong: 'An amount in CNY, with two decimals at most.',
  },
  balance: 'Your wallet now holds',
  caps: {
    resets: 'Begins anew {at}',
    saved: 'The spend caps of the account are saved.',
    set: 'Set caps',
    text: 'The most all API tokens together may spend of quota and wallet, in CNY, by your calendar. Empty: no cap.',
    title: 'Spend caps of the account',
  },
  giveUp: {
    text: 'It can then no longer be paid. If you have paid already, keep it: the money is on its way.',
    title: 'Give up the top-up of {amount}?',
  },
  later: 'Pay later',
  left: 'Time left: {left}.',
  next: 'The next request takes from: {pool}.',
  nothing: 'Nothing is left in any pool: requests are refused until there is.',
  open: 'Open the payment page',
  qr: 'QR code for the payment',
  renew: 'Begin anew with the same amount',
  scan: 'Scan the code with your phone, or pay here.',
  state: {
    credited: 'Paid. The money is in the wallet.',
    over: 'This order can no longer be paid.',
    paid: 'Paid. It is being credited.',
    waiting: 'Waiting for your payment …',
  },
  sums: {
    fail: 'Opening + in − out is not closing. Please tell us.',
    each: 'Left after: of the wallet, or of the one grant or period that the entry belongs to.',
    ended:
      '{pool}: {amount} of the closing balance has ended with its period. Only requests that began before may still use it; what is left is written off within two hours.',
    hold: 'Checked: opening + in − out = closing, in every pool.',
  },
  title: 'Payment',
}

/** Would another plan pay off. */
export const payoff = {
  text: 'With {name} a month like your last 30 days costs {would}; now it costs {does}.',
}

/** What inviting has brought. */
export const inviting = {
  funnel: {
    clicked: 'Opened your link',
    rewarded: 'Brought you a reward',
    signedUp: 'Signed up',
    tokens: 'Bonus tokens earned',
    used: 'Made a request',
  },
  qr: 'QR code of your invitation link',
  share: 'Share',
  shareText: 'Chinese AI models behind one endpoint: sign up with my link, and we both get bonus tokens.',
  why: {
    HELD: 'The operator is looking at this invitation; nothing is lost meanwhile.',
    CAPPED: 'You had your rewards for that month; the invited account got its own.',
    REVOKED: 'An operator found it against the rules.',
    REWARDED: 'The bonus tokens are in your wallet.',
    WAITING: 'Due when that account first pays from its wallet or tops up.',
  },
}

/** Model Testing: what a test costs while it runs and after it was stopped. */
export const trial = {
  again: 'Too many requests. Sends again in {n} s. | Too many requests. Sends again in {n} s.',
  charged: 'Charged:',
  doNot: 'Do not send again',
  possible: 'Possible in {n} s. | Possible in {n} s.',
  settling: 'Finding out what was charged …',
  sofar: '≈ {n} tokens so far',
  unknown: 'What it cost is on the usage page.',
}

export const palette = {
  baseUrl: 'Copy the base URL',
  filter: 'Search on this page',
  goTo: 'Go to {page}',
  group: {
    actions: 'Actions',
    docs: 'Documentation',
    models: 'Models',
    pages: 'Pages',
    request: 'Request',
    tokens: 'API tokens',
  },
  help: 'Keyboard shortcuts',
  placeholder: 'A page, a model, an API token, a request id …',
  request: 'Open the receipt of this request',
  single: {
    label: 'Keys of one letter',
    text: 'Turn them off when they get in the way, of speech input for example.',
  },
  title: 'Search and commands',
}
