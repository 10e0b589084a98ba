import type { Texts } from '../texts.ts'

export const apps: Texts = {
  cursor: {
    steps: {
      settings: '打开 Cursor 的设置，进入“Models”。',
      key: '把 API 令牌填入“OpenAI API Key”并启用。',
      url: '启用“Override OpenAI Base URL”，填入 Base URL。',
      model: '按模型 ID 添加模型，并在对话中选用。',
    },
    notes: {
      servers:
        'Cursor 从它自己的服务器发出请求：只有你的电脑或内网能访问的地址无法连通，限定了 IP 的 API 令牌会被拒绝。',
      names: '模型名以 `gpt-` 开头或含有 `claude` 时，它会改用其他格式；这里同样能识别。',
      one: '所有 OpenAI 模型共用一个 Base URL：设置期间无法使用 Cursor 自带的 OpenAI 模型。',
    },
  },
  cline: {
    steps: {
      settings: '在编辑器中打开 Cline 及其设置。',
      provider: '提供方选择“OpenAI Compatible”。',
      fill: '填入 Base URL、API 令牌和模型。',
      terminal: '在终端中使用时，改用第一条命令登录，再用第二条命令试一试。',
    },
    notes: {
      provider: '提供方里的“OpenAI”是另一种，会请求 `/responses`：也能用，但请选“OpenAI Compatible”。',
      screens: '我们运行过命令行程序，它与扩展的核心相同；扩展的界面没有看过。',
      telemetry: '它会向其开发商上报使用情况，可在其设置中关闭。',
    },
  },
  lingma: {
    steps: {
      look: '在你所用版本的设置中查看是否支持自定义模型。',
      fill: '支持的话，填入这三个值。',
      other: '不支持的话，可在同一编辑器中使用 Cline。',
    },
    notes: {
      unverified: '我们没有找到说明 Lingma 是否支持自定义接口的文档，也没有实际运行过。',
    },
  },
  'cherry-studio': {
    steps: {
      settings: '打开设置，进入“模型服务”。',
      add: '添加一个 OpenAI 类型的提供商。',
      fill: '填入 API 地址和 API 密钥，并按模型 ID 添加模型。',
      check: '点击密钥旁的“检查”。',
    },
    notes: {
      host: '地址没有版本号时，应用会加上 `/v1`。我们的地址已有版本号：请照原样填写。',
      version: '以 `#` 结尾的地址会按原样使用；这里不需要。',
      fetch: '应用可以获取模型列表，其中是你的 API 令牌可用的模型。',
    },
  },
  chatbox: {
    steps: {
      settings: '打开设置，进入“模型提供方”。',
      add: '添加一个 OpenAI 格式的自定义提供方。',
      fill: '填入 API 主机、API 路径和 API 密钥。',
      model: '按模型 ID 添加模型。',
    },
    notes: {
      path: '应用会把主机和路径直接拼接：两项都要填写。',
      clipboard: '也可以从剪贴板导入提供方：复制这里的 JSON 即可。',
    },
  },
  'cc-switch': {
    steps: {
      install: '安装 CC Switch 和要切换的 Agent。',
      open: '在显示新 API 令牌的窗口中选择 CC Switch，打开对应 Agent 的链接：其中带有地址、令牌和模型。',
      confirm: '在 CC Switch 中核对内容并确认。',
      manual: '也可以用这些值手动添加提供方。',
    },
    notes: {
      base: 'Claude Code 使用不带 `/v1` 的地址，其他都带。',
      enabled: '链接会把新提供方设为当前提供方；原有的提供方仍在列表中。',
    },
  },
  dify: {
    steps: {
      plugin: '从 Dify 插件市场安装“OpenAI-API-compatible”。',
      add: '在设置中打开“模型供应商”，为它添加一个模型。',
      fill: '填入这些值。',
      save: '保存：Dify 会发送一次简短的请求进行测试。',
    },
    notes: {
      ping: '这次测试只要求五个 Token，同样计费。',
      usage: '流式回答的用量由 Dify 自行估算；账单以这里的计费明细为准。',
      local: '云端的 Dify 无法访问你内网中的地址。',
    },
  },
}
