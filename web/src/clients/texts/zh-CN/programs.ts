import type { Texts } from '../texts.ts'

const variable = '用终端里的那几行把 API 令牌写入环境变量，然后打开一个新终端。'
const save = '按上方的文件名保存一个程序。'

export const programs: Texts = {
  postman: {
    steps: {
      import: '保存集合，并在 Postman 中导入该文件。',
      variables: '打开集合的变量，把 API 令牌填入 `apiKey`。',
      send: '选择一个请求并发送。',
      byHand:
        '手动设置：向 Base URL 加 `/chat/completions` 发送 `POST`，授权方式选“Bearer Token”，正文为 JSON。',
    },
    notes: {
      variable: '把密钥填在变量的当前值里：只有当前值留在你的电脑上。',
      share: '含有密钥的集合不要分享或发布。',
    },
  },
  curl: {
    steps: { variable, run: '把命令粘贴到终端中运行。' },
    notes: {
      stream: '`-N` 让流式回答边生成边显示。',
      powershell:
        'Windows 上的命令使用 PowerShell 自带的 `Invoke-RestMethod`：那里的 `curl` 及引号的含义因版本而异。',
    },
  },
  python: {
    steps: { variable, save, run: '运行它。' },
    notes: {
      timeout: '超时要设得足够长：会思考的模型在非流式时可能需要几分钟。',
      retries: '`openai` 包在限流或服务器故障时会自动重试两次；`requests` 不会。',
    },
  },
  node: {
    steps: { variable, save, run: '用 Node.js 20 或更新版本运行。' },
    notes: {
      module: '扩展名 `.mjs` 使文件无需 package.json 就能使用 `import` 和 `await`。',
      comments: '读取流时，跳过不以 `data:` 开头的行：长时间没有内容时会有仅用于保持连接的注释。',
    },
  },
  java: {
    steps: {
      variable,
      save,
      run: '把 Gson 库放在旁边，用 JDK 11 或更新版本运行；无需先编译。',
    },
    notes: {
      gson: 'Gson 只有一个文件 `gson-2.10.1.jar`，可从 Maven Central 下载。',
      maven: '在 Maven 项目中改为依赖 `com.google.code.gson:gson:2.10.1`。',
    },
  },
}
