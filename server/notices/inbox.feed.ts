import { Repeater, SlidingBuffer } from '@graphql-yoga/subscription'
import { type Context, signedIn } from '../platform/context.ts'
import { EVERYONE, type Topics } from '../platform/events.ts'

type News = Topics['notificationReceived'][1]

const BACKLOG_MAX = 256

/** What comes to the viewer alone, and what concerns everybody, in one stream. */
export function inboxNews(ctx: Context): AsyncIterableIterator<News> {
  const { id } = signedIn(ctx)
  const { pubSub } = ctx.events
  return new Repeater<News>(async (push, stop) => {
    const unlisten = [id, EVERYONE].map((whose) =>
      pubSub.listen('notificationReceived', whose, (news) => void push(news)),
    )
    await stop
    for (const end of unlisten) end()
  }, new SlidingBuffer(BACKLOG_MAX))
}
