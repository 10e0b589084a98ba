/** What is sent, and what may not be: pure, so that the page, its code and its tests agree. */

export interface ChatSettings {
  tokenId: string
  model: string
  /** As typed: a number from 0 to 2. */
  temperature: string
  /** As typed: empty, or a number from 0 to 1. */
  topP: string
  system: string
  /** As typed: empty, or a whole number from 1. */
  maxTokens: string
  effort: Effort
  /** Whether the answer has to be one JSON object. */
  json: boolean
  stream: boolean
}

/** Before anybody chose anything; the API token is the newest, as soon as it is known. */
export const defaultSettings = (model: string): ChatSettings => ({
  tokenId: '',
  model,
  temperature: '0.7',
  topP: '',
  system: '',
  maxTokens: '',
  effort: 'default',
  json: false,
  stream: true,
})

/** How hard a model that reasons is asked to think; `default` says nothing about it. */
export const EFFORTS = ['default', 'none', 'low', 'medium', 'high'] as const
export type Effort = (typeof EFFORTS)[number]

export const TEMPERATURE_MAX = 2

export interface Turn {
  role: 'user' | 'assistant'
  content: string
}

/** Fields whose value the gateway would refuse. */
export type SettingFault = 'temperature' | 'topP' | 'maxTokens'

const DECIMAL = /^\d+(\.\d+)?$/

export function faultsOf({ temperature, topP, maxTokens }: ChatSettings): SettingFault[] {
  const faults: SettingFault[] = []
  if (!DECIMAL.test(temperature.trim()) || Number(temperature) > TEMPERATURE_MAX) faults.push('temperature')
  if (topP.trim() && (!DECIMAL.test(topP.trim()) || Number(topP) > 1)) faults.push('topP')
  const limit = maxTokens.trim()
  if (limit && !(/^[1-9]\d*$/.test(limit) && Number.isSafeInteger(Number(limit)))) faults.push('maxTokens')
  return faults
}

/** The body of the request; settings with faults have none. `reasons`: whether the model can be asked to think. */
export function requestBody(settings: ChatSettings, turns: Turn[], { reasons }: { reasons: boolean }) {
  const { model, temperature, topP, system, maxTokens, effort, json, stream } = settings
  return {
    model,
    messages: [
      ...(system.trim() ? [{ role: 'system', content: system }] : []),
      ...turns.map(({ role, content }) => ({ role, content })),
    ],
    temperature: Number(temperature),
    ...(topP.trim() !== '' && { top_p: Number(topP) }),
    ...(maxTokens.trim() !== '' && { max_tokens: Number(maxTokens) }),
    ...(reasons && effort !== 'default' && { reasoning_effort: effort }),
    ...(json && { response_format: { type: 'json_object' } }),
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
  }
}
