export const plaza = {
  all: 'All routes',
  any: 'Any',
  clear: 'Clear filters ({n})',
  code: 'First request',
  compare: {
    add: 'Compare {name}',
    another: 'Choose another one.',
    answer: 'Tokens an answer',
    cached: 'Of the prompt cached, %',
    cheapest: 'lowest',
    clear: 'Clear',
    cost: 'Cost in 30 days',
    open: 'Compare {n}',
    prompt: 'Tokens a prompt',
    remove: 'Do not compare {name}',
    requests: 'Requests a day',
    short: 'Compare',
    text: 'Prices in CNY as you pay them. What differs is in bold.',
    title: 'Models side by side',
    tray: 'Models to compare',
    workload: 'Your workload',
  },
  context: 'Context',
  copy: 'Copy model id',
  copyId: 'Copy {id}',
  day: 'Last 24 hours',
  firstToken: 'First token',
  free: 'Free only',
  from: 'from {date}',
  health: 'Measured, 24 h',
  history: { change: 'Change', from: 'From', title: 'List price over time' },
  kind: 'LLM tokens',
  limits: 'Limits',
  list: 'List price',
  maxOutput: 'Longest answer',
  measured:
    'Success and time to the first token come from real requests here. Below 50 requests a day nothing is shown.',
  noData: 'no data yet',
  noDataYet: 'No data yet: fewer than 50 requests in the last 24 hours.',
  own: 'Your price',
  parameters: 'Parameters',
  parametersNote: 'Other fields are passed on to the provider as they are.',
  playground: 'Open in Model Testing',
  priceUpTo: 'Input price per 1M',
  prices: 'Prices',
  replacement: 'Use {id} instead.',
  retires: 'This model answers until {date}.',
  route: 'Route {name}',
  sort: {
    label: 'Sort by',
    recommended: 'Recommended',
    input: 'Input price',
    output: 'Output price',
    ttft: 'First token',
    uptime: 'Success',
  },
  speed: 'Tokens/s',
  strip:
    '{name}: {rate} on the one day measured of the last 90 | {name}: {rate} on {n} days measured of the last 90',
  success: 'Succeeded',
  tokens: '{n} tokens',
  ttft: '{time} to first token',
  view: { label: 'View', table: 'Table', cards: 'Cards' },
  withPlan: '{plan} {price}',
}

export const site = {
  help: 'Resources',
  legal: 'Legal',
  menu: 'Menu',
  product: 'Product',
}

export const pricing = {
  calculator: 'Work out a bill',
  models: 'Prices of the models',
  text: 'Pay for what you use, with or without a plan. Every request has a receipt.',
  title: 'Pricing',
}

export const status = {
  notReady: 'The server does not take requests right now.',
  ready: 'The server takes requests.',
  rule: 'Measured from real requests: the last 24 hours, and a bar for each of the last 90 days. Days below 50 requests are left empty.',
  text: 'What real requests experienced, model by model.',
  title: 'Status',
}

export const home = {
  choosePlan: 'Choose a plan',
  faq: {
    title: 'Questions',
    failed: {
      question: 'What does a failed request cost?',
      answer:
        'Nothing, when it failed before any output. When a stream breaks off, the prompt and what was delivered are charged, and the receipt says so.',
    },
    stream: {
      question: 'What if I stop a stream?',
      answer: 'The prompt and the answer up to that point are charged, as the provider counted them.',
    },
    negative: {
      question: 'Can the wallet go below zero?',
      answer:
        'A request that has started is finished, so the last one may take the wallet a little below zero. The next one is refused until there is money again.',
    },
    privacy: {
      question: 'Are prompts and answers stored?',
      answer: 'No. Only counts, prices and times are kept, which is what a receipt needs.',
    },
    tools: {
      question: 'Which tools work?',
      answer:
        'Those that let you set the base URL of an OpenAI-compatible endpoint. The documentation has a set-up for each that we know.',
    },
  },
  pools: {
    title: 'Three balances, used in this order',
    text: 'One request may use all three; its receipt shows how much came from each.',
    bonus: {
      title: 'Bonus tokens',
      text: 'Gifts, counted in LLM tokens. They may expire and may be for some models only.',
    },
    quota: { title: 'Quota', text: 'What a plan includes for each period. It ends with the period.' },
    wallet: { title: 'Wallet', text: 'Money you topped up. It does not expire.' },
  },
  worksWith: 'Works with',
}
