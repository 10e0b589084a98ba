/** Where Model Testing keeps this tab's conversation (sessionStorage); it ends with the session. */
export const CONVERSATION_KEY = 'conversation'
