import { newId } from '../platform/ids.ts'
import { parsePrice } from '../platform/money.ts'
import type { SqlPool } from '../platform/sql.ts'
import type { TokenizerName } from './model.entity.ts'

/** Where each provider serves its OpenAI-compatible endpoint: the presets an operator picks from. */
const providers = [
  { id: 'alibaba', name: 'Alibaba Cloud', baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1' },
  { id: 'deepseek', name: 'DeepSeek', baseUrl: 'https://api.deepseek.com' },
  { id: 'baidu', name: 'Baidu', baseUrl: 'https://qianfan.baidubce.com/v2' },
  { id: 'moonshot', name: 'Moonshot AI', baseUrl: 'https://api.moonshot.cn/v1' },
  { id: 'zhipu', name: 'Zhipu AI', baseUrl: 'https://open.bigmodel.cn/api/paas/v4' },
  { id: 'bytedance', name: 'ByteDance', baseUrl: 'https://ark.cn-beijing.volces.com/api/v3' },
  { id: 'iflytek', name: 'iFLYTEK', baseUrl: 'https://spark-api-open.xf-yun.com/v1' },
  { id: 'other', name: 'Other', baseUrl: null },
]

interface SeedModel {
  id: string
  name: string
  provider: string
  /** CNY per 1,000,000 LLM tokens: examples for the operator to change. */
  input: string
  cachedInput?: string
  output: string
  capabilities: string[]
  tokenizer: TokenizerName
}

const models: SeedModel[] = [
  {
    id: 'qwen3-max',
    name: 'Qwen3 Max',
    provider: 'alibaba',
    input: '6',
    output: '24',
    capabilities: ['chat', 'tools'],
    tokenizer: 'qwen',
  },
  {
    id: 'qwen3-plus',
    name: 'Qwen3 Plus',
    provider: 'alibaba',
    input: '0.8',
    output: '2',
    capabilities: ['chat', 'tools'],
    tokenizer: 'qwen',
  },
  {
    id: 'deepseek-v4-pro',
    name: 'DeepSeek V4 Pro',
    provider: 'deepseek',
    input: '2',
    cachedInput: '0.2',
    output: '8',
    capabilities: ['chat', 'tools'],
    tokenizer: 'deepseek',
  },
  {
    id: 'deepseek-r1',
    name: 'DeepSeek R1',
    provider: 'deepseek',
    input: '4',
    cachedInput: '1',
    output: '16',
    capabilities: ['chat', 'reasoning'],
    tokenizer: 'deepseek',
  },
  {
    id: 'ernie-5.0',
    name: 'ERNIE 5.0',
    provider: 'baidu',
    input: '6',
    output: '24',
    capabilities: ['chat', 'tools'],
    tokenizer: 'o200k',
  },
  {
    id: 'kimi-k2',
    name: 'Kimi K2',
    provider: 'moonshot',
    input: '4',
    cachedInput: '1',
    output: '16',
    capabilities: ['chat', 'tools'],
    tokenizer: 'o200k',
  },
  {
    id: 'glm-5',
    name: 'GLM-5',
    provider: 'zhipu',
    input: '4',
    output: '16',
    capabilities: ['chat', 'tools'],
    tokenizer: 'o200k',
  },
  {
    id: 'doubao-pro',
    name: 'Doubao Pro',
    provider: 'bytedance',
    input: '0.8',
    output: '2',
    capabilities: ['chat', 'tools'],
    tokenizer: 'o200k',
  },
  {
    id: 'spark-4.0',
    name: 'Spark 4.0',
    provider: 'iflytek',
    input: '5',
    output: '5',
    capabilities: ['chat'],
    tokenizer: 'o200k',
  },
]

/** Adds what is missing; what an operator has changed stays as it is. */
export async function seedCatalog(sql: SqlPool, now: Date): Promise<void> {
  for (const { id, name, baseUrl } of providers)
    await sql.query('INSERT INTO provider (id, name, base_url) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      id,
      name,
      baseUrl,
    ])
  for (const [position, seed] of models.entries()) await seedModel(sql, seed, { position, now })
}

function seedModel(sql: SqlPool, seed: SeedModel, { position, now }: { position: number; now: Date }) {
  return sql.transaction(async (tx) => {
    const made = await tx.query(
      `INSERT INTO model (id, provider_id, display_name, capabilities, tokenizer, position, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING id`,
      [seed.id, seed.provider, seed.name, seed.capabilities, seed.tokenizer, position, now],
    )
    if (made.length === 0) return
    await tx.query(
      `INSERT INTO price_version (id, model_id, input, cached_input, output, is_example, effective_from, created_at)
       VALUES ($1, $2, $3, $4, $5, true, $6, $6)`,
      [
        newId(),
        seed.id,
        parsePrice(seed.input),
        seed.cachedInput && parsePrice(seed.cachedInput),
        parsePrice(seed.output),
        now,
      ],
    )
  })
}
