const NANO = 9

/** A price per million LLM tokens, per million or per thousand: decimal strings, exactly (12 decimals). */
export function pricePer(perMillion: string, unit: '1M' | '1K'): string {
  if (unit === '1M') return perMillion
  const [whole = '0', fraction = ''] = perMillion.split('.')
  const digits = (whole + fraction.padEnd(NANO, '0').slice(0, NANO)).padStart(NANO + 4, '0')
  const at = digits.length - NANO - 3
  return `${digits.slice(0, at)}.${digits.slice(at)}`.replace(/\.?0+$/, '').replace(/^0+(?=\d)/, '') || '0'
}
