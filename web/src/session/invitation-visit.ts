import type { Client } from '@urql/vue'
import { graphql } from '../graphql/graphql.ts'

const CountInvitationVisit = graphql(`
  mutation CountInvitationVisit($input: CountInvitationVisitInput!) {
    countInvitationVisit(input: $input) {
      ok
    }
  }
`)

const KEY = 'invitation-visit'
const CODE_MAX = 20

/** Tells that a link was opened, once a day: the browser itself remembers that it did, nobody else knows who it was. */
export function noteInvitationVisit(client: Client, code: string): void {
  const visit = `${new Date().toISOString().slice(0, 10)} ${code}`
  if (code === '' || code.length > CODE_MAX || localStorage.getItem(KEY) === visit) return
  localStorage.setItem(KEY, visit)
  // A number for somebody else's page: whoever signs up need not hear that it could not be told.
  void client.mutation(CountInvitationVisit, { input: { code } }).toPromise()
}
