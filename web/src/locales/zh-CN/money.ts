export const dashboard = {
  all: '全部请求',
  balance: '余额（按使用顺序）',
  feed: '最近请求',
  first: {
    code: '命令行',
    text: '创建令牌，存入 PINGTOKEN_API_KEY，然后运行以下命令。请求会自动出现在这里。',
    title: '发出第一个请求',
    waiting: '正在等待您的第一个请求 …',
  },
  metric: { label: '指标', requests: '请求数', tokens: 'Token 数', cost: '费用' },
  range: { label: '范围', '1h': '1 小时', '24h': '24 小时', '7d': '7 天', '30d': '30 天' },
  requestsToday: '今日请求',
  costToday: '今日费用',
  title: '仪表盘',
  ttft: '首 Token 延迟',
}

export const usage = {
  column: {
    completion: '输出',
    cost: '费用',
    model: '模型',
    prompt: '输入',
    status: '状态',
    time: '时间',
    token: '令牌',
    ttft: '首 Token',
  },
  empty: { title: '还没有请求', text: '使用您的令牌发出的每个请求都会显示在这里。' },
  notCharged: {
    NONE: '未产生费用。',
    FAILED_BEFORE_OUTPUT: '未计费：在产生输出前失败。',
    CLIENT_LEFT_BEFORE_OUTPUT: '未计费：调用方在产生输出前离开。',
    FREE_MODEL: '未计费：该模型免费。',
    LOST_BEFORE_OUTPUT: '未计费：服务器在产生输出前中断。',
  },
  receipt: {
    cached: '其中缓存命中',
    completion: '输出 Token',
    counted: '计量',
    discount: '折扣',
    duration: '耗时',
    id: '请求编号',
    paid: '付款来源',
    perMillion: '每百万',
    prompt: '输入 Token',
    reasoning: '其中思考',
    rounding: '每次请求只舍入一次，四舍五入到 ¥0.000000001。',
    title: '账单明细',
  },
  source: {
    UPSTREAM: '由服务商计量。',
    COUNTED: '由我们使用该模型系列的分词器计量。',
    CHECKPOINT: '计量至服务器中断前的最后检查点。',
  },
  status: { ALL: '全部', SUCCEEDED: '成功', FAILED: '失败', CANCELLED: '已取消', INTERRUPTED: '中断' },
  text: '每个请求的 Token、费用与账单明细。',
  title: '用量',
}

export const wallet = {
  column: { amount: '变动', balance: '变动后剩余', kind: '类型', pool: '余额类型', time: '时间' },
  empty: '还没有记录。',
  noMatch: '没有符合筛选条件的记录。',
  entries: '明细',
  expires: '最近到期：{date}',
  hint: { bonus: '赠送，优先使用', quota: '来自订阅', wallet: '预付，可为负数' },
  kind: {
    ADJUSTMENT: '调整',
    CLAWBACK: '追回',
    EXPIRY: '过期',
    GRANT: '赠送',
    PURCHASE: '购买',
    REDEMPTION: '兑换',
    REFUND: '退款',
    TOP_UP: '充值',
    USAGE: '使用',
  },
  pool: { bonus: 'Token 余额', quota: '订阅额度', wallet: '钱包' },
  text: '三种余额按顺序使用。每次变动都是一条记录，从不修改。',
  title: '钱包',
}

export const chart = {
  summary: '{title}：共 {total}，单根最高 {highest}。可用左右方向键逐根查看。',
  total: '共 {value}',
}
