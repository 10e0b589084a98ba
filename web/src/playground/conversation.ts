import { useEventListener, watchThrottled } from '@vueuse/core'
import { computed, effectScope, type Ref, ref } from 'vue'
import { CONVERSATION_KEY } from '../session/conversation-key.ts'
import type { ChatMessage } from './useChat.ts'

/** How often what is said is written down while an answer streams in. */
const KEEP_MS = 1_000

/** What was said in this tab, and what it cost so far. */
export interface Conversation {
  messages: Ref<ChatMessage[]>
  /** CNY of each request that is settled, deleted ones too. */
  costs: Ref<string[]>
  /** Requests whose charge is not known yet. */
  open: Ref<number>
  /** Of the answer that is under way. */
  controller: Ref<AbortController | undefined>
  /** One more with each new conversation: what belongs to an older one is not added to it. */
  turn: Ref<number>
  /** It was read after a reload, and nobody has asked yet for what was open then. */
  isRestored: boolean
}

let current: { owner: string; conversation: Conversation; stop: () => void } | undefined

/**
 * The viewer's conversation in this tab: it outlives the page, so that an answer under way arrives, and a reload. It ends
 * with the tab, with signing out, and when somebody else signs in. Only the browser has it.
 */
export function conversationOf(owner: string): Conversation {
  if (current?.owner === owner) return current.conversation
  current?.stop()
  const kept = read(owner)
  const conversation: Conversation = {
    messages: ref(kept.messages),
    costs: ref(kept.costs),
    open: ref(0),
    controller: ref(),
    turn: ref(0),
    isRestored: kept.messages.length > 0,
  }
  const scope = effectScope(true)
  scope.run(() => {
    const told = computed(() => JSON.stringify({ owner, ...pick(conversation) }))
    watchThrottled(told, write, { throttle: KEEP_MS })
    // Signing out took away what was kept, and leaves the page then.
    useEventListener(window, 'pagehide', () => sessionStorage.getItem(CONVERSATION_KEY) && write(told.value))
  })
  current = { owner, conversation, stop: () => scope.stop() }
  return conversation
}

const pick = ({ messages, costs }: Conversation) => ({ messages: messages.value, costs: costs.value })

function read(owner: string): { messages: ChatMessage[]; costs: string[] } {
  try {
    const kept = JSON.parse(sessionStorage.getItem(CONVERSATION_KEY) ?? '{}') as {
      owner?: string
      messages?: ChatMessage[]
      costs?: string[]
    }
    if (kept.owner === owner) return { messages: kept.messages ?? [], costs: kept.costs ?? [] }
  } catch {
    // Something else stands there.
  }
  sessionStorage.removeItem(CONVERSATION_KEY)
  return { messages: [], costs: [] }
}

function write(told: string) {
  try {
    sessionStorage.setItem(CONVERSATION_KEY, told)
  } catch {
    // Longer than a browser keeps: it lives as long as the page.
    sessionStorage.removeItem(CONVERSATION_KEY)
  }
}
