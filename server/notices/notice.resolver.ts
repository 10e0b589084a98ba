import { ArrayMaxSize } from 'class-validator'
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import type { Context } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import type { Topics } from '../platform/events.ts'
import { PageArgs } from '../platform/page.ts'
import { inboxNews } from './inbox.feed.ts'
import type { NoticeKind } from './notice.kinds.ts'
import {
  NotificationConnection,
  NotificationKind,
  NotificationReceivedEvent,
  type NotificationType,
} from './notice.type.ts'
import {
  countUnread,
  findInboxItem,
  type InboxItem,
  listInbox,
  mailedKinds,
  markRead,
  setMailedKinds,
} from './notices.ts'

@InputType({ description: 'Which notifications to list.' })
class NotificationFilter {
  @Field(() => [NotificationKind], { nullable: true, description: 'Of these kinds; null: of every kind.' })
  @ArrayMaxSize(20)
  kinds?: NotificationKind[] | null
  @Field(() => Boolean, { nullable: true, description: 'True: unread; false: read; null: both.' })
  unread?: boolean | null
}

@ArgsType()
class NotificationsArgs extends PageArgs {
  @Field(() => NotificationFilter, { nullable: true, description: 'Null: everything.' })
  filter?: NotificationFilter | null
}

@InputType({ description: 'Either `ids` or `all`.' })
class MarkNotificationsReadInput {
  @Field(() => [ID], { nullable: true, description: 'These, as far as they are in the inbox.' })
  @ArrayMaxSize(100)
  ids?: string[] | null
  @Field(() => Boolean, { nullable: true, description: 'The whole inbox.' }) all?: boolean | null
}

@ObjectType({ description: 'What is left.' })
class MarkNotificationsReadPayload {
  @Field(() => Int, { description: 'How many are unread now.' }) unreadCount!: number
}

@InputType({ description: 'Which notices to copy.' })
class SetEmailNotificationsInput {
  @Field(() => [NotificationKind], { description: 'All kinds to send; the others are not sent.' })
  @ArrayMaxSize(20)
  kinds!: NotificationKind[]
}

const MAILED = 'Kinds of which a copy is sent to the confirmed e-mail address.'

@ObjectType({ description: 'As it is now.' })
class SetEmailNotificationsPayload {
  @Field(() => [NotificationKind], { description: MAILED }) emailNotifications!: NotificationKind[]
}

@Resolver(() => ViewerType)
export class ViewerNoticesResolver {
  @FieldResolver(() => NotificationConnection, { description: 'The inbox, newest first.' })
  async notifications(
    @Ctx() ctx: Context,
    @Args(() => NotificationsArgs) { filter, ...page }: NotificationsArgs,
  ) {
    const kinds = filter?.kinds as InboxItem['kind'][] | undefined
    const { edges, pageInfo } = await listInbox(ctx, page, { kinds, unread: filter?.unread ?? undefined })
    return { edges: edges.map(({ cursor, node }) => ({ cursor, node: notificationType(node) })), pageInfo }
  }

  @FieldResolver(() => Int, { description: 'How many notifications are unread.' })
  unreadCount(@Ctx() ctx: Context) {
    return countUnread(ctx)
  }

  @FieldResolver(() => [NotificationKind], { description: MAILED })
  emailNotifications(@Root() { id }: ViewerType, @Ctx() ctx: Context) {
    return mailedKinds(ctx, id)
  }
}

@Resolver()
export class NoticeResolver {
  @Mutation(() => MarkNotificationsReadPayload, {
    description: 'Marks some notifications or the whole inbox as read; other open consoles hear of it.',
  })
  async markNotificationsRead(
    @Ctx() ctx: Context,
    @Arg('input', () => MarkNotificationsReadInput) { ids, all }: MarkNotificationsReadInput,
  ) {
    if (Boolean(ids) === Boolean(all)) throw invalidField('ids', 'Give either ids or all.')
    return { unreadCount: await markRead(ctx, ids ?? null) }
  }

  @Mutation(() => SetEmailNotificationsPayload, {
    description: 'Chooses which notices are copied by e-mail. Announcements are not.',
  })
  async setEmailNotifications(
    @Ctx() ctx: Context,
    @Arg('input', () => SetEmailNotificationsInput) { kinds }: SetEmailNotificationsInput,
  ) {
    if (kinds.includes(NotificationKind.ANNOUNCEMENT))
      throw invalidField('kinds', 'Announcements are not sent by e-mail.')
    return { emailNotifications: await setMailedKinds(ctx, kinds as string[] as NoticeKind[]) }
  }

  @Subscription(() => NotificationReceivedEvent, {
    subscribe: ({ context }) => inboxNews(context as Context),
    description: 'Fires when something is new in the inbox, and when the number of unread ones changed.',
  })
  async notificationReceived(
    @Root() { sequence, noticeId }: Topics['notificationReceived'][1],
    @Ctx() ctx: Context,
  ): Promise<NotificationReceivedEvent> {
    const item = noticeId === null ? undefined : await findInboxItem(ctx, noticeId)
    return {
      sequence,
      notification: item ? notificationType(item) : null,
      unreadCount: await countUnread(ctx),
    }
  }
}

function notificationType({ facts, ...item }: InboxItem): NotificationType {
  const nano = (digits: string | undefined) => (digits === undefined ? null : BigInt(digits))
  const { amount, limit, tokens, planName, modelId, apiTokenName, period, at } = facts
  const shown = {
    amount: nano(amount),
    limit: nano(limit),
    tokens: nano(tokens),
    planName: planName ?? null,
    modelId: modelId ?? null,
    apiTokenName: apiTokenName ?? null,
    period: period ?? null,
    at: at === undefined ? null : new Date(at),
  }
  return { ...item, facts: shown } as NotificationType
}
