/**
 * Every fact that the original's documentation states about itself, in our own words, with the article that tells it
 * and a phrase that stands there in each language. What it says of single tools is on the tools' own pages.
 */
export interface StatedFact {
  fact: string
  article: string
  en: string
  zh: string
}

/** What its developers' pages say. */
export const DOCS_FACTS: StatedFact[] = [
  {
    fact: 'One API endpoint serves the models of many makers.',
    article: 'docs/quick-start',
    en: 'one address that speaks the OpenAI format',
    zh: '兼容 OpenAI 格式的接口',
  },
  {
    fact: 'All requests go to one base URL that ends with /api/v1.',
    article: 'docs/base-urls',
    en: 'Everything is below one base URL',
    zh: '所有接口都在同一个 Base URL 之下',
  },
  {
    fact: 'A first request is a curl call of chat completions with a Bearer token and one message.',
    article: 'docs/quick-start',
    en: 'curl {{base_url}}/chat/completions',
    zh: 'curl {{base_url}}/chat/completions',
  },
  {
    fact: 'API tokens are made in the console, under Token Management.',
    article: 'docs/authentication',
    en: '[Token Management](/console/tokens)',
    zh: '[令牌管理](/console/tokens)',
  },
  {
    fact: 'An API token can be restricted to models.',
    article: 'docs/authentication',
    en: 'Only the models on its list',
    zh: '模型',
  },
  {
    fact: 'An API token can have a rate limit of its own, set when it is made.',
    article: 'docs/rate-limits',
    en: 'An API token may have a lower limit, set when it is made',
    zh: '可以在创建时或之后在[令牌管理](/console/tokens)中为令牌设置更低的限制',
  },
  {
    fact: 'The API token travels as a Bearer token in the Authorization header of every request.',
    article: 'docs/authentication',
    en: 'Authorization: Bearer {{token}}',
    zh: 'Authorization: Bearer {{token}}',
  },
  {
    fact: 'The secret is shown once, at creation; store it safely.',
    article: 'docs/authentication',
    en: '**shown only once**',
    zh: '只在创建时显示一次',
  },
  {
    fact: 'Chat completions is POST /chat/completions.',
    article: 'docs/chat-completions',
    en: 'POST {{base_url}}/chat/completions',
    zh: 'POST {{base_url}}/chat/completions',
  },
  {
    fact: 'It answers streamed and whole.',
    article: 'docs/chat-completions',
    en: 'whole or streamed',
    zh: '可流式或一次返回',
  },
  {
    fact: '`model` is a required string.',
    article: 'docs/chat-completions',
    en: '| `model` | string | Yes |',
    zh: '| `model` | string | 是 |',
  },
  {
    fact: '`messages` is a required array of objects with role and content.',
    article: 'docs/chat-completions',
    en: '| `messages` | array | Yes |',
    zh: '| `messages` | array | 是 |',
  },
  {
    fact: '`stream` is optional and false by default.',
    article: 'docs/chat-completions',
    en: '| `stream` | boolean | No |',
    zh: '| `stream` | boolean | 否 | 分段返回回答，默认为 `false` |',
  },
  {
    fact: '`temperature` is an optional number from 0 to 2.',
    article: 'docs/chat-completions',
    en: 'Sampling temperature, from 0 to 2',
    zh: '采样温度，0 到 2',
  },
  {
    fact: '`max_tokens` is an optional integer: the longest answer.',
    article: 'docs/chat-completions',
    en: '| `max_tokens` | integer | No |',
    zh: '| `max_tokens` | integer | 否 |',
  },
  {
    fact: 'The response has id, model, choices with message and finish_reason.',
    article: 'docs/chat-completions',
    en: '"finish_reason": "stop"',
    zh: '"finish_reason": "stop"',
  },
  {
    fact: 'The response has usage with prompt, completion and total tokens.',
    article: 'docs/chat-completions',
    en: '"total_tokens": 33',
    zh: '"total_tokens": 33',
  },
  {
    fact: 'A stream is lines of `data: ` with JSON chunks, closed by [DONE].',
    article: 'docs/chat-completions',
    en: '`data: [DONE]`',
    zh: '`data: [DONE]`',
  },
  {
    fact: 'There are examples in Python with requests, whole and streamed.',
    article: 'docs/examples',
    en: 'pip install requests',
    zh: 'pip install requests',
  },
  {
    fact: 'The Python program prints the answer and the tokens used.',
    article: 'docs/examples',
    en: 'print("Tokens used:", result["usage"]["total_tokens"])',
    zh: 'print("Tokens used:", result["usage"]["total_tokens"])',
  },
  {
    fact: 'There are examples in Java with HttpClient of JDK 11 and Gson.',
    article: 'docs/examples',
    en: 'JDK 11 or newer',
    zh: '需要 JDK 11 及以上',
  },
  {
    fact: 'Gson comes from Maven.',
    article: 'docs/examples',
    en: '<artifactId>gson</artifactId>',
    zh: '<artifactId>gson</artifactId>',
  },
  {
    fact: 'There are examples for Node.js 18 with its own fetch; older versions need node-fetch.',
    article: 'docs/examples',
    en: 'npm install node-fetch',
    zh: 'npm install node-fetch',
  },
  {
    fact: 'The Model Plaza shows all models with their prices.',
    article: 'docs/models',
    en: 'The [Model Plaza](/models) shows every model with its prices',
    zh: '[模型广场](/models)列出每个模型的价格',
  },
  {
    fact: 'Only Chinese models are served; Claude, GPT, Gemini and others are not.',
    article: 'docs/models',
    en: 'GPT, Claude, Gemini and other foreign models are not',
    zh: '不支持 GPT、Claude、Gemini 等国外模型',
  },
  {
    fact: 'The models are listed with their ids and makers.',
    article: 'docs/models',
    en: '{{part:models}}',
    zh: '{{part:models}}',
  },
  {
    fact: 'Prices are shown per 1,000 tokens, input and output apart.',
    article: 'docs/pricing',
    en: 'per 1,000,000 tokens and per 1,000',
    zh: '每 1,000,000 Token 和每 1,000 Token',
  },
  {
    fact: 'Pro subscribers pay a discounted rate.',
    article: 'docs/pricing',
    en: 'subscribers pay {{pro_discount}} less',
    zh: '用户享受 {{pro_discount}} 的优惠',
  },
  {
    fact: 'Costs are taken from the balance by themselves.',
    article: 'docs/pricing',
    en: 'taken from your [balances](/help/pools) by itself',
    zh: '自动从您的[余额](/help/pools)中扣除',
  },
  {
    fact: 'Top-up is in the console, under Wallet.',
    article: 'docs/pricing',
    en: 'You top up under [Wallet](/console/wallet)',
    zh: '充值请前往[钱包](/console/wallet)',
  },
  {
    fact: 'Free users may make 60 requests a minute, Pro users 600.',
    article: 'docs/rate-limits',
    en: '| {{free_name}} | {{free_rpm}} |',
    zh: '| {{pro_name}} | {{pro_rpm}} |',
  },
  {
    fact: 'Higher limits on request.',
    article: 'docs/rate-limits',
    en: '[contact us](/help/contact)',
    zh: '[联系我们](/help/contact)',
  },
  {
    fact: 'Rate limits are counted for each API token.',
    article: 'docs/rate-limits',
    en: 'Limits apply **to each API token**',
    zh: '限制按**令牌**计算',
  },
  {
    fact: 'Above the limit the answer is 429.',
    article: 'docs/rate-limits',
    en: 'The answer is `429`',
    zh: '返回 `429`',
  },
  {
    fact: '401: check the Authorization header.',
    article: 'docs/errors',
    en: 'Check the `Authorization` header',
    zh: '检查 `Authorization` 请求头',
  },
  {
    fact: '402: top up, or wait for a bonus.',
    article: 'docs/errors',
    en: 'or wait for a bonus',
    zh: '或等待奖励',
  },
  {
    fact: 'Postman: a POST request to chat completions.',
    article: 'docs/postman',
    en: 'method `POST`, address `{{base_url}}/chat/completions`',
    zh: '方法 `POST`，地址 `{{base_url}}/chat/completions`',
  },
  {
    fact: 'Postman: the Authorization header, then a JSON body, then send.',
    article: 'docs/postman',
    en: '`Bearer YOUR_API_TOKEN`',
    zh: '`Bearer YOUR_API_TOKEN`',
  },
  {
    fact: 'Postman: a JSON body, then send and read the answer.',
    article: 'docs/postman',
    en: 'choose raw and JSON',
    zh: '选择 raw 和 JSON',
  },
]
