/** One line of CSV (RFC 4180). A text that a spreadsheet would take for a formula is kept a text. */
export function csvLine(cells: readonly (string | number | bigint | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(value: string | number | bigint | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const isAmount = /^-?\d+(\.\d+)?$/.test(value)
  const plain = !isAmount && /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
