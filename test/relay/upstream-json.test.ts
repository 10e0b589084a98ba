import { expect, it } from 'vitest'
import { readChunk } from '../../server/relay/chunk.ts'

it.each(['PATIENT Li has', '{"choices": [PATIENT Li', '"PATIENT Li"', 'null'])(
  'an answer that is no JSON object is quoted in no error: %s',
  (text) => {
    let told: unknown
    try {
      readChunk(text, 'qwen3-max')
    } catch (error) {
      told = error
    }
    expect(told).toBeInstanceOf(SyntaxError)
    expect((told as Error).stack).not.toContain('PATIENT')
  },
)
