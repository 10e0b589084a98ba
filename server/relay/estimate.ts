/** How long a model's answers usually are, from the last ones it gave. */
export interface AnswerLengths {
  learn(modelId: string, completionTokens: number): void
  /** The 90th percentile, in LLM tokens; a default until enough answers were seen. */
  usual(modelId: string): number
}

const DEFAULT = 1_000
const WINDOW = 200
const ENOUGH = 20
/** How many answers may pass before the percentile is worked out anew. */
const STALE_AFTER = 20

export function createAnswerLengths(): AnswerLengths {
  const models = new Map<string, { lengths: number[]; next: number; usual: number; unseen: number }>()
  return {
    learn(modelId, completionTokens) {
      const model = models.get(modelId) ?? { lengths: [], next: 0, usual: DEFAULT, unseen: 0 }
      models.set(modelId, model)
      model.lengths[model.next] = completionTokens
      model.next = (model.next + 1) % WINDOW
      if (++model.unseen < STALE_AFTER || model.lengths.length < ENOUGH) return
      model.unseen = 0
      const sorted = model.lengths.toSorted((a, b) => a - b)
      model.usual = Math.max(1, sorted[Math.floor(sorted.length * 0.9)]!)
    },
    usual: (modelId) => models.get(modelId)?.usual ?? DEFAULT,
  }
}
