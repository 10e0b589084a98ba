/** 仪表盘的各部分。 */
export const board = {
  alert: {
    accountCap: '账户即将达到消费上限：{used}。',
    accountCapped: '账户已达到上限，请求会被拒绝：{used}。',
    empty: '已无余额可用，请求会被拒绝。',
    errors: '最近 15 分钟有 {share} 的请求未成功。',
    expiring: '令牌“{name}”将于{when}到期。',
    failed: '失败的请求',
    limits: '限额',
    lowBalance: '余额 {left}，低于您设置的提醒值 {threshold}。',
    more: '另有 {n} 条',
    replaced: '您本周使用的 {model} 将于 {when} 停用，请改用 {other}。',
    retiring: '您本周使用的 {model} 将于 {when} 停用。',
    whoUses: '查看哪些令牌在使用',
    renew: '令牌管理',
    title: '需要关注',
    tokenCap: '令牌“{name}”即将达到消费上限：{used}。',
    tokenCapped: '令牌“{name}”已达到上限，请求会被拒绝：{used}。',
  },
  before: '较昨日此时（{amount}）{change}',
  beforeAlone: '昨日此时 {amount}',
  calendar: {
    asGrid: '以日历查看',
    asTable: '以表格查看',
    date: '日期',
    day: '{date}：{amount}，{requests} 次请求',
    hint: '每列为一周，从周一开始。可用方向键逐日查看。',
    less: '少',
    more: '多',
    none: '这 26 周内没有请求。',
    title: '每日费用（26 周）',
  },
  daysLeft:
    '按最近 7 天的速度，订阅额度与钱包余额不足一天。 | 按最近 7 天的速度，订阅额度与钱包余额约可用 1 天。 | 按最近 7 天的速度，订阅额度与钱包余额约可用 {n} 天。',
  live: '实时用量',
  noRate: '尚无请求',
  noneBefore: '昨日此时尚无花费',
  rate: '成功率 {share}',
  steps: {
    alert: '设置余额提醒',
    client: '接入客户端',
    dismiss: '不再显示',
    done: '已完成 {n}/{of}',
    isDone: '（已完成）',
    request: '发出第一个请求',
    title: '快速开始',
    token: '创建令牌',
    verify: '验证邮箱地址',
  },
  top: {
    models: '模型排行（7 天）',
    none: '最近 7 天没有用量。',
    tokens: '令牌排行（7 天）',
  },
  ttftNote: '近 1 小时中位数；p95\u00a0{p95}',
  waiting: '{n} 条新请求',
}

/** 支付订单，以及钱包的说明。 */
export const pay = {
  alert: {
    below: '低于多少元时提醒',
    none: '订阅额度与钱包余额不足时不会提醒您。',
    now: '提醒值（订阅额度与钱包合计）：',
    off: '已关闭余额提醒。',
    save: '保存',
    saved: '余额提醒已设置。',
    stop: '关闭提醒',
    title: '余额提醒',
    wrong: '请输入金额（元），最多两位小数。',
  },
  balance: '钱包现有',
  caps: {
    resets: '{at} 重新计算',
    saved: '账户消费上限已保存。',
    set: '设置上限',
    text: '所有令牌合计最多可花费的订阅额度与钱包金额（元），按您的日历计算。留空则不限。',
    title: '账户消费上限',
  },
  giveUp: {
    text: '放弃后将无法再支付。如果您已经付款，请保留此订单：款项正在途中。',
    title: '放弃 {amount} 的充值？',
  },
  later: '稍后支付',
  left: '剩余时间：{left}。',
  next: '下一个请求将使用：{pool}。',
  nothing: '各项余额均已用完，补充之前请求会被拒绝。',
  open: '打开支付页面',
  qr: '支付二维码',
  renew: '以相同金额重新下单',
  scan: '请用手机扫码，或在此支付。',
  state: {
    credited: '已支付，金额已入账。',
    over: '此订单已不能支付。',
    paid: '已支付，正在入账。',
    waiting: '等待您支付 …',
  },
  sums: {
    fail: '期初 + 收入 − 支出与期末不符，请告知我们。',
    each: '“变动后剩余”指钱包余额，或该条明细所属的那一笔赠送、那一期额度的剩余。',
    ended: '{pool}：期末中的 {amount} 已随周期结束，仅供此前开始的请求使用，剩余部分将在两小时内核销。',
    hold: '已核对：各项余额均满足 期初 + 收入 − 支出 = 期末。',
  },
  title: '支付',
}

/** 换套餐是否划算。 */
export const payoff = {
  text: '按最近 30 天的用量，使用 {name} 每月需 {would}，目前为 {does}。',
}

/** 邀请的成效。 */
export const inviting = {
  funnel: {
    clicked: '打开链接',
    rewarded: '已带来奖励',
    signedUp: '已注册',
    tokens: '获得的赠送 Token',
    used: '已发出请求',
  },
  qr: '邀请链接二维码',
  share: '分享',
  shareText: '一个接口使用多家国产 AI 模型：通过我的链接注册，双方都能获得赠送 Token。',
  why: {
    HELD: '管理员正在核实这次邀请，期间不会丢失奖励。',
    CAPPED: '当月奖励次数已满；受邀账户仍获得其奖励。',
    REVOKED: '管理员认定其违反规则，已收回。',
    REWARDED: '赠送 Token 已入账。',
    WAITING: '对方首次用钱包支付或充值后发放。',
  },
}

/** 模型测试：进行中与停止后的费用。 */
export const trial = {
  again: '请求过于频繁，{n} 秒后自动重新发送。',
  charged: '已计费：',
  doNot: '不再发送',
  possible: '{n} 秒后可重试。',
  settling: '正在确认计费 …',
  sofar: '≈ 已输出 {n} Token',
  unknown: '费用请在用量页面查看。',
}

export const palette = {
  baseUrl: '复制 Base URL',
  filter: '在本页搜索',
  goTo: '前往{page}',
  group: {
    actions: '操作',
    docs: '文档',
    models: '模型',
    pages: '页面',
    request: '请求',
    tokens: 'API 令牌',
  },
  help: '键盘快捷键',
  placeholder: '页面、模型、令牌或请求 ID …',
  request: '打开该请求的账单明细',
  single: { label: '单键快捷键', text: '如影响语音输入等操作，可将其关闭。' },
  title: '搜索与命令',
}
