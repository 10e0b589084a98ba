import type { Letters } from './letters.ts'

export const zhCn: Letters = {
  verifyEmail: ({ code, minutes, site }) => ({
    subject: `${code} 是您的 ${site} 验证码`,
    body: [
      `请输入以下验证码，确认该邮箱属于您。${minutes} 分钟内有效。`,
      { code },
      `如果您没有注册 ${site}，请忽略本邮件；没有验证码，不会发生任何操作。`,
    ],
  }),
  changeEmail: ({ code, minutes, site }) => ({
    subject: `${code} 是您更换邮箱的验证码`,
    body: [
      `请输入以下验证码，将该邮箱用于您的 ${site} 账户。${minutes} 分钟内有效。`,
      { code },
      '如果不是您本人操作，请忽略本邮件；没有验证码，不会发生任何操作。',
    ],
  }),
  emailChanged: ({ email, site }) => ({
    subject: `您的 ${site} 账户已更换邮箱`,
    body: [
      `您的账户现在使用 ${email} 登录，今后的邮件不再发送到此邮箱。`,
      '如果不是您本人操作，请立即联系运营者。',
    ],
  }),
  resetPassword: ({ url, minutes, site }) => ({
    subject: `重设您的 ${site} 密码`,
    body: [
      `有人为您的账户申请了新密码。以下链接只能使用一次，${minutes} 分钟内有效。`,
      { link: url, label: '设置新密码' },
      '如果不是您本人操作，请忽略本邮件，您的密码不会改变。',
    ],
  }),
  passwordChanged: ({ site, byLink, accessKeys }) => ({
    subject: `您的 ${site} 密码已更改`,
    body: [
      '您的账户密码已更改，其他设备上的会话均已退出。',
      ...(byLink
        ? [`随之失效的访问密钥：${accessKeys} 个。API 令牌仍然有效，请吊销您不认识的令牌。`]
        : accessKeys > 0
          ? [`仍然有效的访问密钥：${accessKeys} 个。请吊销您不认识的密钥。`]
          : []),
      '如果不是您本人操作，请立即在登录页面申请新密码。',
    ],
  }),
  accountDeleted: ({ site }) => ({
    subject: `您的 ${site} 账户已注销`,
    body: [
      '您的账户已按您的要求注销：姓名和邮箱已移除，令牌和会话均已失效。',
      '费用与账目记录将保留，但不再包含您的姓名。',
    ],
  }),
}
