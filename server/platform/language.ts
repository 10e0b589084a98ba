/** The languages in which the server speaks: messages, mails, articles. */
export type Language = 'en' | 'zh-CN'
