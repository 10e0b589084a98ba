export const models = {
  capability: { chat: '对话', reasoning: '思考', tools: '工具调用', vision: '视觉', embedding: '向量' },
  column: {
    cached: '缓存输入',
    capabilities: '能力',
    input: '输入',
    model: '模型',
    output: '输出',
    provider: '服务商',
  },
  count: '{n} 个模型',
  examples: '在运营者设置价格之前，以下价格仅为示例。',
  noMatch: '没有符合条件的模型。',
  per: '每 {unit}',
  search: '搜索模型和服务商',
  text: '国产 AI 模型，按 Token 以人民币计价。',
  title: '模型广场',
  unit: '价格单位',
  yours: '您的价格 {price}',
}

export const landing = {
  browse: '浏览模型',
  code: '第一个请求',
  fact: {
    from: '每百万输入 Token 起',
    models: '个模型 | 个模型',
    providers: '家服务商 | 家服务商',
  },
  getKey: '获取令牌',
  gift: '新账户赠送 {n} Token，有效期 {days} 天。',
  headline: '熟悉的接口，接入国产 AI 模型',
  language: '编程语言',
  models: '模型',
  point: {
    bill: { title: '说得清的账单', text: '每个请求都有明细：Token、价格、折扣、舍入，以及由哪种余额支付。' },
    stream: { title: '不说谎的流式输出', text: '中断就如实告知。只为已送达的内容付费，此前失败的不收费。' },
    tools: { title: '工具无需改动', text: '任何兼容 OpenAI 接口的工具都能使用：填入接口地址和令牌即可。' },
  },
  receipt: {
    input: '{n} 输入 Token × 每百万 {price}',
    output: '{n} 输出 Token × 每百万 {price}',
    title: '一个请求的费用（举例）',
    total: '合计',
    withPlan: '{plan} 价',
  },
  price: '每百万 Token：输入 {input} · 输出 {output}',
  text: '通义千问、DeepSeek、文心、Kimi、GLM、豆包、星火，一个兼容 OpenAI 的接口，按 Token 以人民币计费。',
  title: '一个接口接入国产 AI 模型',
}

export const gallery = { text: '所有组件及其状态。', title: '组件' }
