const KEY = 'invitation-visit'
const CODE_MAX = 20
const MUTATION = `mutation CountInvitationVisit($input: CountInvitationVisitInput!) {
  countInvitationVisit(input: $input) {
    ok
  }
}`

/**
 * Tells that a link was opened, once a day: the browser itself remembers that it did, nobody else knows who it was. Without
 * cookies, and without the console's client: nothing here depends on the answer.
 */
export function noteInvitationVisit(code: string): void {
  const visit = `${new Date().toISOString().slice(0, 10)} ${code}`
  if (code.length > CODE_MAX || localStorage.getItem(KEY) === visit) return
  localStorage.setItem(KEY, visit)
  void fetch('/graphql', {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: MUTATION, variables: { input: { code } } }),
  }).catch(() => undefined)
}
