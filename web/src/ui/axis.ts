const STEPS = [1, 2, 3, 4, 5, 6, 8, 10]
const DAY_MS = 86_400_000
const TICKS_MAX = 6

/** The round number at which the axis ends: no lower than the highest value; its half is a round number too. */
export function axisOf(highest: number, whole: boolean): number {
  if (highest <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(highest))
  const steps = whole && power === 1 ? STEPS.filter((step) => step % 2 === 0) : STEPS
  return steps.map((step) => step * power).find((end) => end >= highest * (1 - 1e-9)) ?? 10 * power
}

export interface Tick {
  /** From 0 to 1, along the axis. */
  at: number
  label: string
  /** How the label stands at its place: none leaves the chart. */
  side: string
}

/** At most six moments with a label, the last one among them: times of a day, or days. */
export function ticksOf(starts: Date[], look: { locale: string; timeZone: string | undefined }): Tick[] {
  const [first, last] = [starts[0], starts.at(-1)]
  if (!first || !last) return []
  const { locale, timeZone } = look
  const short = new Intl.DateTimeFormat(
    locale,
    last.getTime() - first.getTime() < DAY_MS
      ? { timeZone, hour: 'numeric', minute: '2-digit' }
      : { timeZone, month: 'short', day: 'numeric' },
  )
  const every = Math.ceil(starts.length / TICKS_MAX)
  return starts.flatMap((start, i) => {
    if ((starts.length - 1 - i) % every !== 0) return []
    const at = (i + 0.5) / starts.length
    const side = at < 0.06 ? '' : at > 0.94 ? '-translate-x-full' : '-translate-x-1/2'
    return [{ at: at > 0.94 ? 1 : at < 0.06 ? 0 : at, label: short.format(start), side }]
  })
}
