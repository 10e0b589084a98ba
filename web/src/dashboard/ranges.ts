/** The chart's ranges: how far back, and in how many bars. */
export const RANGES = {
  '1h': { seconds: 3_600, bucket: 60 },
  '24h': { seconds: 86_400, bucket: 1_800 },
  '7d': { seconds: 7 * 86_400, bucket: 4 * 3_600 },
  '30d': { seconds: 30 * 86_400, bucket: 86_400 },
} as const

export type Range = keyof typeof RANGES

/** [from, to) of whole buckets, the last of them the one that is under way. */
export function windowOf(range: Range, now: Date) {
  const { seconds, bucket } = RANGES[range]
  const end = (Math.floor(now.getTime() / 1_000 / bucket) + 1) * bucket
  return { from: new Date((end - seconds) * 1_000), to: new Date(end * 1_000), bucketSeconds: bucket }
}
