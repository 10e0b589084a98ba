import type { Texts } from '../texts.ts'

const variable = '用终端里的那几行把 API 令牌写入环境变量，然后打开一个新终端。'

export const agents: Texts = {
  'claude-code': {
    steps: {
      settings: '把设置保存到用户目录。文件已存在时，把 `env` 下的各行加进去即可。',
      variable,
      start: '在项目目录中启动 `claude`，或先试试下面的命令。`/status` 会显示当前使用的地址。',
    },
    notes: {
      base: '地址以 `/api` 结尾，不是 `/api/v1`：Claude Code 会自己加上 `/v1/messages`。',
      token: '只设置 `ANTHROPIC_AUTH_TOKEN`。同时设置 `ANTHROPIC_API_KEY` 时，两种登录方式会互相干扰。',
      precedence: '设置文件中的值优先于终端里的同名环境变量。',
      project: '不要把密钥写进项目里的 `.claude/settings.json`：拿到项目的人都能看到这个文件。',
      traffic: '`CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC` 使它不再联系其开发商；不设置也能正常使用。',
      retries: '中断的一轮会重新请求，其中一次不使用流式。被拒绝或在输出前失败的请求不收费。',
    },
  },
  'claude-code-router': {
    steps: {
      config: '把配置保存到用户目录。',
      variable,
      start: '用 `ccr start` 启动路由器；每次修改配置后执行 `ccr restart`。',
      code: '用 `ccr code` 通过它打开 Claude Code。',
    },
    notes: {
      url: '`api_base_url` 是接口的完整地址，末尾带 `/chat/completions`。',
      version: '请按上面的命令安装 2.0.0：我们测试时 3.1.1 依赖一个 npm 上没有的包，无法安装。',
      errors:
        '它转发错误时会丢掉“不必重试”的提示：API 令牌有误时，Claude Code 会反复请求数分钟才提示。请按 Ctrl+C 停止并更正令牌。',
      messages: '不用路由器也可以让 Claude Code 直接连到这里：少运行一个程序，思考内容也能完整保留。',
    },
  },
  codex: {
    steps: {
      config: '把配置保存到用户目录。',
      variable: '用终端里的那几行把 API 令牌写入环境变量，然后打开一个新终端：Codex 从环境变量读取它。',
      start: '在项目目录中启动 `codex`，或先试试下面的命令。',
    },
    notes: {
      wire: '`wire_api` 必须是 `responses`；写成 `chat` 时 Codex 已无法启动。',
      name: '提供方可以任意命名，但不能用内置名称，例如 `openai`、`ollama`。',
      profiles: 'Codex 不再支持 `config.toml` 里的 profile；请在文件开头设置 `model`。',
      models: '它不会获取模型列表：请按模型页上的写法填写模型 ID。',
      limit: '遇到限流时它会按我们返回的秒数等待并重试五次，之后只显示状态码，不显示我们的说明。',
    },
  },
  'qwen-code': {
    steps: {
      settings: '把设置保存到用户目录。',
      variable,
      start: '在项目目录中启动 `qwen`，或先试试下面的命令。',
    },
    notes: {
      array: '`openai` 的值必须直接是一个列表；写成其他形式会被忽略且没有提示。',
      provider: '`openai` 是协议名，不能更改；用其他名称的提供方会被忽略。',
      memory: '每轮结束后它会再发一次请求，整理值得记住的内容；这次请求同样计费。',
      limit: '遇到限流时它会自行等待并重试。不带界面运行（`-p`）时，可能超过两分钟。',
    },
  },
  opencode: {
    steps: {
      config: '把配置保存到用户目录。',
      variable,
      start: '在项目目录中启动 `opencode`，或先试试下面的命令。',
    },
    notes: {
      title: '第一次回答之外，它还会用 `small_model` 生成标题：共两次请求，均计费。那里可以选便宜的模型。',
      package: '`@ai-sdk/openai-compatible` 已随它附带，无需另外安装。',
      retries: '遇到限流或服务器故障时它会不断重试，直到你停止它。',
    },
  },
  openclaw: {
    steps: {
      variable,
      onboard: '运行第一条命令，它会写好配置。',
      config: '也可以按所示内容手动把提供方加进配置。',
      start: '用第二条命令试一试。',
    },
    notes: {
      node: '需要 Node.js 24.16 或更新版本。',
      merge: '`"mode": "merge"` 会保留已有的提供方。',
      errors: 'API 令牌有误或余额不足时，它显示自己的提示；我们的说明在它的日志里。',
      protocols:
        '它也支持其他协议：把 `api` 改为 `openai-responses` 或 `anthropic-messages`，Base URL 不变。',
    },
  },
  qoder: {
    steps: {
      account: '登录 Qoder：它的程序必须先有自己的账号。',
      wizard: '在它的向导里查找兼容 OpenAI 的自带密钥（BYOK）模型。',
      settings: '或者按所示内容把提供方加进设置。',
    },
    notes: {
      unverified: '没有账号，我们无法运行 Qoder。这里的设置依据其 1.1.52 版软件包中的格式。',
      catalogue: '向导里有哪些选项取决于你的 Qoder 账号。',
    },
  },
}
