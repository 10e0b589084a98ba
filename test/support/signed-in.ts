import type { ServerProcess } from './server.ts'

/** Asks as one person who is signed in; throws what the answer calls errors. `at`: another server on the same books. */
export type Ask = (query: string, variables?: object, at?: { url: string }) => Promise<any>

/** A browser that is signed in by a printed link, and stays so when the server starts again. */
export async function signInBy(link: string, server: Pick<ServerProcess, 'url'>): Promise<Ask> {
  let cookie = ''
  const ask: Ask = async (query, variables, { url } = server) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ query, variables }),
    })
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
    const { data, errors } = (await response.json()) as { data: any; errors?: unknown }
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
  const token = new URL(link).hash.slice('#token='.length)
  await ask(
    'mutation ($input: RedeemSignInLinkInput!) { redeemSignInLink(input: $input) { viewer { id } } }',
    {
      input: { token },
    },
  )
  return ask
}
