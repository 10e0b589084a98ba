export const plaza = {
  all: '全部线路',
  any: '不限',
  clear: '清除筛选（{n}）',
  code: '第一个请求',
  context: '上下文',
  copy: '复制模型 ID',
  copyId: '复制 {id}',
  day: '最近 24 小时',
  firstToken: '首 Token',
  free: '仅看免费',
  from: '{date} 起',
  health: '24 小时实测',
  kind: 'Token 类型',
  limits: '限制',
  list: '标价',
  maxOutput: '最长回答',
  measured: '成功率和首 Token 时间来自本站的真实请求；24 小时不足 50 个请求时不显示。',
  noData: '暂无数据',
  noDataYet: '暂无数据：最近 24 小时不足 50 个请求。',
  own: '您的价格',
  parameters: '参数',
  parametersNote: '其他字段会原样转发给服务商。',
  playground: '在模型测试中打开',
  priceUpTo: '每 1M 输入价格',
  prices: '价格',
  replacement: '请改用 {id}。',
  retires: '该模型服务至 {date}。',
  route: '线路 {name}',
  sort: {
    label: '排序',
    recommended: '推荐',
    input: '输入价格',
    output: '输出价格',
    ttft: '首 Token 时间',
    uptime: '成功率',
  },
  speed: 'Token/秒',
  strip: '{name}：最近 90 天中有 {n} 天的数据，成功率 {rate}',
  success: '成功率',
  tokens: '{n} 个 Token',
  ttft: '首 Token {time}',
  view: { label: '视图', table: '表格', cards: '卡片' },
  withPlan: '{plan} 价 {price}',
}

export const site = {
  help: '资源',
  legal: '条款',
  menu: '菜单',
  product: '产品',
}

export const pricing = {
  calculator: '计算费用',
  models: '模型价格',
  text: '用多少付多少，有无套餐均可。每个请求都有明细。',
  title: '价格',
}

export const status = {
  notReady: '服务器目前不接受请求。',
  ready: '服务器正常接受请求。',
  rule: '数据来自真实请求：最近 24 小时，以及最近 90 天每天一格。不足 50 个请求的日期留空。',
  text: '各模型真实请求的实测情况。',
  title: '服务状态',
}

export const home = {
  choosePlan: '选择套餐',
  faq: {
    title: '常见问题',
    failed: {
      question: '失败的请求收费吗？',
      answer: '没有任何输出就失败的不收费。流式输出中断时，只收提示词和已送达部分的费用，并在明细中注明。',
    },
    stream: {
      question: '中途停止流式输出怎么计费？',
      answer: '按服务商的计数，收取提示词和停止前已生成部分的费用。',
    },
    negative: {
      question: '钱包会变成负数吗？',
      answer: '已经开始的请求会完成，因此最后一个请求可能让钱包略低于零；之后的请求会被拒绝，直到余额恢复。',
    },
    privacy: {
      question: '会保存提示词和回答吗？',
      answer: '不会。只保留明细所需的数量、价格和时间。',
    },
    tools: {
      question: '支持哪些工具？',
      answer: '凡是能设置 OpenAI 兼容接口地址的工具都可以。文档中有我们了解的各个工具的配置方法。',
    },
  },
  pools: {
    title: '三种余额，按此顺序使用',
    text: '一个请求可能同时用到三种余额，明细会列出各自的金额。',
    bonus: { title: 'Token 余额', text: '赠送的余额，按 Token 计数，可能有有效期或仅限部分模型。' },
    quota: { title: '订阅额度', text: '套餐每个周期包含的额度，随周期结束。' },
    wallet: { title: '钱包', text: '您充值的金额，不会过期。' },
  },
  worksWith: '支持的工具',
}
