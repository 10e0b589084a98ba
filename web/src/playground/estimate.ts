const CHARACTERS_PER_TOKEN = 3
const NANO = 9

/** Roughly how many tokens a text has. */
export const tokensIn = (text: string) => BigInt(Math.ceil(text.length / CHARACTERS_PER_TOKEN))

/** What the prompt will roughly cost: about three characters a token, at the input price per million. */
export function estimateCost(text: string, inputPrice: string): string {
  const tokens = tokensIn(text)
  const [whole = '0', fraction = ''] = inputPrice.split('.')
  const price = BigInt(whole + fraction.padEnd(NANO, '0').slice(0, NANO))
  const nano = (tokens * price) / 1_000_000n
  const digits = nano.toString().padStart(NANO + 1, '0')
  return `${digits.slice(0, -NANO)}.${digits.slice(-NANO)}`
}
