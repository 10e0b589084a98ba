export const dashboard = {
  all: 'All requests',
  balance: 'Balance, in the order of use',
  feed: 'Latest requests',
  first: {
    code: 'Shell',
    text: 'Create an API token, put it into PINGTOKEN_API_KEY, and run this. The request appears here by itself.',
    title: 'Make your first request',
    waiting: 'Waiting for your first request …',
  },
  metric: { label: 'Figure', requests: 'Requests', tokens: 'Tokens', cost: 'Cost' },
  range: { label: 'Range', '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' },
  requestsToday: 'Requests today',
  costToday: 'Cost today',
  title: 'Dashboard',
  ttft: 'Time to first token',
}

export const usage = {
  column: {
    completion: 'Output',
    cost: 'Cost',
    model: 'Model',
    prompt: 'Input',
    status: 'Status',
    time: 'Time',
    token: 'API token',
    ttft: 'First token',
  },
  empty: { title: 'No requests yet', text: 'Every request made with one of your API tokens appears here.' },
  notCharged: {
    NONE: 'Nothing was charged.',
    FAILED_BEFORE_OUTPUT: 'Not charged: it failed before any output.',
    CLIENT_LEFT_BEFORE_OUTPUT: 'Not charged: the caller left before any output.',
    FREE_MODEL: 'Not charged: this model is free.',
    LOST_BEFORE_OUTPUT: 'Not charged: our server was interrupted before any output.',
  },
  receipt: {
    cached: 'of these from the cache',
    completion: 'Output tokens',
    counted: 'What was counted',
    discount: 'Discount',
    duration: 'Duration',
    id: 'Request id',
    paid: 'What paid for it',
    perMillion: 'per 1M',
    prompt: 'Input tokens',
    reasoning: 'of these for reasoning',
    rounding: 'Rounded once, half up, to ¥0.000000001.',
    title: 'Receipt',
  },
  source: {
    UPSTREAM: 'Counted by the provider.',
    COUNTED: "Counted by us with the model family's tokeniser.",
    CHECKPOINT: 'Counted up to the last checkpoint before our server was interrupted.',
  },
  status: {
    ALL: 'All',
    SUCCEEDED: 'Succeeded',
    FAILED: 'Failed',
    CANCELLED: 'Cancelled',
    INTERRUPTED: 'Interrupted',
  },
  text: 'Every request with its tokens, its cost and its receipt.',
  title: 'Usage',
}

export const wallet = {
  column: { amount: 'Change', balance: 'Left after', kind: 'Entry', pool: 'Pool', time: 'Time' },
  empty: 'No entries yet.',
  noMatch: 'No entry matches these filters.',
  entries: 'Entries',
  expires: 'next expiry {date}',
  hint: {
    bonus: 'gifts, used first',
    quota: 'from a subscription',
    wallet: 'prepaid; may go below zero',
  },
  kind: {
    ADJUSTMENT: 'Adjustment',
    CLAWBACK: 'Clawback',
    EXPIRY: 'Expired',
    GRANT: 'Granted',
    PURCHASE: 'Purchase',
    REDEMPTION: 'Code redeemed',
    REFUND: 'Refund',
    TOP_UP: 'Top-up',
    USAGE: 'Usage',
  },
  pool: { bonus: 'Bonus tokens', quota: 'Quota', wallet: 'Wallet' },
  text: 'Three pools, in the order in which requests use them. Every change is an entry; none is ever edited.',
  title: 'Wallet',
}

export const chart = {
  summary:
    '{title}: {total} in all, at most {highest} in one bar. Left and right arrow keys read bar by bar.',
  total: '{value} in all',
}
