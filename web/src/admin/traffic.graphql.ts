import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const TrafficQuery = graphql(`
  query Traffic($from: DateTimeISO!, $to: DateTimeISO!, $bucketSeconds: Int!) {
    traffic(from: $from, to: $to, bucketSeconds: $bucketSeconds) {
      runningRequests
      liveStreams
      points {
        start
        requests
        errors
        promptTokens
        completionTokens
        cost
      }
    }
  }
`)

export const TrafficSubscription = graphql(`
  subscription TrafficTick($bucketSeconds: Int!) {
    trafficTick(bucketSeconds: $bucketSeconds) {
      sequence
      runningRequests
      liveStreams
      deltas {
        start
        requests
        errors
        promptTokens
        completionTokens
        cost
      }
    }
  }
`)

export type TrafficPoint = ResultOf<typeof TrafficQuery>['traffic']['points'][number]
