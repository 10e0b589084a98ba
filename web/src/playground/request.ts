/** What is sent, and what may not be: pure, so that the page, its code and its tests agree. */

export interface ChatSettings {
  tokenId: string
  model: string
  /** As typed: a number from 0 to 2. */
  temperature: string
  system: string
  /** As typed: empty, or a whole number from 1. */
  maxTokens: string
  effort: Effort
  stream: boolean
}

/** How hard a model that reasons is asked to think; `default` says nothing about it. */
export const EFFORTS = ['default', 'none', 'low', 'medium', 'high'] as const
export type Effort = (typeof EFFORTS)[number]

export const TEMPERATURE_MAX = 2

export interface Turn {
  role: 'user' | 'assistant'
  content: string
}

/** Fields whose value the gateway would refuse. */
export type SettingFault = 'temperature' | 'maxTokens'

export function faultsOf({ temperature, maxTokens }: ChatSettings): SettingFault[] {
  const faults: SettingFault[] = []
  if (!/^\d+(\.\d+)?$/.test(temperature.trim()) || Number(temperature) > TEMPERATURE_MAX)
    faults.push('temperature')
  const limit = maxTokens.trim()
  if (limit && !(/^[1-9]\d*$/.test(limit) && Number.isSafeInteger(Number(limit)))) faults.push('maxTokens')
  return faults
}

/** The body of the request; settings with faults have none. `reasons`: whether the model can be asked to think. */
export function requestBody(settings: ChatSettings, turns: Turn[], { reasons }: { reasons: boolean }) {
  const { model, temperature, system, maxTokens, effort, stream } = settings
  return {
    model,
    messages: [
      ...(system.trim() ? [{ role: 'system', content: system }] : []),
      ...turns.map(({ role, content }) => ({ role, content })),
    ],
    temperature: Number(temperature),
    ...(maxTokens.trim() !== '' && { max_tokens: Number(maxTokens) }),
    ...(reasons && effort !== 'default' && { reasoning_effort: effort }),
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
  }
}
