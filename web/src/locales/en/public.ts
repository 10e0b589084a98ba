export const models = {
  capability: {
    chat: 'Chat',
    reasoning: 'Reasoning',
    tools: 'Tools',
    vision: 'Vision',
    embedding: 'Embedding',
  },
  column: {
    cached: 'Cached input',
    capabilities: 'Can do',
    input: 'Input',
    model: 'Model',
    output: 'Output',
    provider: 'Provider',
  },
  count: '{n} model | {n} models',
  examples: 'These prices are examples until the operator sets their own.',
  noMatch: 'No model matches.',
  per: 'per {unit}',
  search: 'Search models and providers',
  text: 'Chinese AI models, priced in CNY per token.',
  title: 'Model Plaza',
  unit: 'Price unit',
  yours: 'yours {price}',
}

export const landing = {
  browse: 'Browse models',
  code: 'First request',
  fact: {
    from: 'per 1M input tokens, at the least',
    models: 'model | models',
    providers: 'provider | providers',
  },
  getKey: 'Get an API token',
  gift: 'Every new account starts with {n} tokens, for {days} days.',
  headline: 'Chinese AI models behind one endpoint you already know',
  language: 'Programming language',
  models: 'Models',
  point: {
    bill: {
      title: 'A bill that explains itself',
      text: 'Every request has a receipt: tokens, prices, discount, rounding, and which balance paid for it.',
    },
    stream: {
      title: 'Streams that never lie',
      text: 'What breaks off says so. You pay for what was delivered, and for nothing that failed before.',
    },
    tools: {
      title: 'Your tools, unchanged',
      text: 'Whatever speaks to an OpenAI-compatible endpoint works: set the base URL and the API token.',
    },
  },
  receipt: {
    input: '{n} input tokens × {price} per 1M',
    output: '{n} output tokens × {price} per 1M',
    title: 'What a request costs, for example',
    total: 'In all',
    withPlan: 'with {plan}',
  },
  price: '{input} in · {output} out, per 1M tokens',
  text: 'Qwen, DeepSeek, ERNIE, Kimi, GLM, Doubao and Spark through one OpenAI-compatible API, paid per token in CNY.',
  title: 'Chinese AI models behind one endpoint',
}

export const gallery = {
  text: 'Every component in its states.',
  title: 'Components',
}
