import type { NoticeWords, Values } from './letters.ts'

const periods = { day: '每日', week: '每周', month: '每月' }
const capOf = ({ apiTokenName, period }: Values) =>
  apiTokenName === null
    ? `账户的${periods[period]}消费上限`
    : `令牌“${apiTokenName}”的${periods[period]}消费上限`

export const zhCn: NoticeWords = {
  subjects: {
    low_balance: () => '余额偏低',
    spend_cap_near: () => '消费即将达到上限',
    spend_cap_reached: () => '消费已达上限',
    plan_renewed: ({ planName }) => `${planName} 套餐已续费`,
    plan_renewal_failed: ({ planName }) => `${planName} 套餐续费失败`,
    plan_ended: ({ planName }) => `${planName} 套餐已结束`,
    order_credited: ({ amount }) => `${amount} 已到账`,
    invitation_rewarded: () => '邀请奖励已发放',
    price_change: ({ modelId }) => `${modelId} 即将调价`,
    api_token_expiring: () => '令牌即将过期',
  },
  bodies: {
    low_balance: ({ amount, limit }) => `订阅额度与钱包合计剩余 ${amount}，低于您设置的提醒值 ${limit}。`,
    spend_cap_near: (values) =>
      `${capOf(values)}为 ${values.limit}，已使用 ${values.amount}，将于 ${values.at} 重新计算。`,
    spend_cap_reached: (values) =>
      `${capOf(values)}为 ${values.limit}，已使用 ${values.amount}。在 ${values.at} 之前，新的请求将被拒绝，除非您调高上限。`,
    plan_renewed: ({ planName, amount, at }) => `${planName} 已续费 ${amount}，有效期至 ${at}。`,
    plan_renewal_failed: ({ planName, amount, at }) =>
      `钱包余额不足以支付 ${planName} 的 ${amount}。在 ${at} 之前系统会继续尝试，期间按免费套餐使用。`,
    plan_ended: ({ planName, at }) => `${planName} 已于 ${at} 结束，您现在使用免费套餐。`,
    order_credited: ({ amount }) => `您充值的 ${amount} 已支付并到账。`,
    invitation_rewarded: ({ tokens }) => `您因邀请获得了 ${tokens} 赠送 Token。`,
    price_change: ({ modelId, at }) => `您近期使用过 ${modelId}，其价格将从 ${at} 起调整。`,
    api_token_expiring: ({ apiTokenName, at }) => `令牌“${apiTokenName}”将于 ${at} 失效。`,
  },
  open: '打开控制台',
  why: '您在账户页面开启了此类邮件，因此收到本邮件；可随时在那里关闭。',
}
