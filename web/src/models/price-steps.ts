interface Dated {
  from: string
  input: string
  output: string
}

interface Frame {
  width: number
  height: number
  now: Date
}

/** At most: what has been announced for later than that is drawn at the edge. */
const AHEAD_SHARE = 0.15

/**
 * SVG paths of prices that hold from one change to the next, over the same scale from nothing up; and where now is.
 * The last change reaches to the right edge. `prices` oldest first, at least one.
 */
export function priceSteps(prices: Dated[], { width, height, now }: Frame) {
  const times = prices.map(({ from }) => Date.parse(from))
  const start = times[0]!
  const last = Math.max(times.at(-1)!, now.getTime())
  const end = last + Math.max((last - start) * AHEAD_SHARE, 1)
  const highest = Math.max(...prices.flatMap(({ input, output }) => [Number(input), Number(output)])) || 1
  const x = (time: number) => round(((time - start) / (end - start)) * width)
  const y = (price: string) => round(height - (Number(price) / highest) * height)
  const path = (pick: (price: Dated) => string) =>
    prices
      .map((price, at) => {
        const next = times[at + 1] ?? end
        return `${at === 0 ? 'M' : 'L'}${x(times[at]!)} ${y(pick(price))}H${x(next)}`
      })
      .join('')
  return { input: path(({ input }) => input), output: path(({ output }) => output), now: x(now.getTime()) }
}

const round = (value: number) => Math.round(value * 10) / 10
