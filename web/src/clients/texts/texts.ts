/** What a tool's page says in words: the texts behind the keys of its `steps` and `notes`. Code stands between backticks. */
export interface ClientTexts {
  steps: Record<string, string>
  notes: Record<string, string>
}

export type Texts = Record<string, ClientTexts>
