import { useClientHandle, useQuery, useSubscription } from '@urql/vue'
import { computed, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { dataOf } from '../graphql/errors.ts'
import { announce } from '../shell/announcer.ts'
import { useAction } from '../ui/useAction.ts'
import {
  MarkNotificationsRead,
  type Notification,
  NotificationReceived,
  UnreadQuery,
} from './inbox.graphql.ts'
import { useNotificationText } from './useNotificationText.ts'

/** The number of the newest event: what shows the inbox reads it anew when it changes. */
export const inboxNews = shallowRef('0')

/** For the frame of the pages, once: what is unread, kept fresh by the server. */
export function useUnread() {
  const { t } = useI18n()
  const textOf = useNotificationText()
  const { data, executeQuery } = useQuery({ query: UnreadQuery })
  useSubscription({ query: NotificationReceived }, (_, { notificationReceived: news }) => {
    inboxNews.value = news.sequence
    void executeQuery({ requestPolicy: 'network-only' })
    if (news.notification) announce(`${t('inbox.new')}: ${textOf(news.notification).title}`)
    return { notificationReceived: news }
  })
  return {
    unread: computed(() => data.value?.viewer?.unreadCount ?? 0),
    important: computed(() =>
      (data.value?.viewer?.notifications.edges ?? [])
        .map(({ node }) => node)
        .filter(({ announcement }) => announcement?.level === 'IMPORTANT'),
    ),
  }
}

/** Some, or all of them. The frame and the inbox hear of it as every other window does. */
export function useMarkRead() {
  const { client } = useClientHandle()
  return useAction(async (notifications: Pick<Notification, 'id'>[] | 'all') => {
    const input = notifications === 'all' ? { all: true } : { ids: notifications.map(({ id }) => id) }
    dataOf(await client.mutation(MarkNotificationsRead, { input }))
  })
}
