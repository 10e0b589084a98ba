// Makes an API token for each member of a team who has none, and writes the team's usage of the last 30 days as CSV.
// PINGTOKEN_URL=https://… PINGTOKEN_ACCESS_KEY=pk-pt-… node team.mjs alice bob >usage.csv   (Node 20 or later)
// The access key needs the scopes MANAGE_TOKENS and READ_USAGE. New secrets go to stderr, once.
const { PINGTOKEN_URL: url, PINGTOKEN_ACCESS_KEY: key } = process.env
const team = process.argv.slice(2)
if (!url || !key) throw new Error('Set PINGTOKEN_URL and PINGTOKEN_ACCESS_KEY.')

async function graphql(query, variables) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  const body = JSON.stringify({ query, variables })
  const { data, errors } = await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json()
  if (errors)
    throw new Error(errors.map(({ message, extensions }) => `${extensions.code}: ${message}`).join('\n'))
  return data
}

async function* nodes(field, selection, filter = '') {
  const query = `query ($after: String) { viewer { list: ${field}(first: 50, after: $after ${filter}) {
    edges { node { ${selection} } } pageInfo { hasNextPage endCursor } } } }`
  for (let after = null, more = true; more;) {
    const { list } = (await graphql(query, { after })).viewer
    for (const { node } of list.edges) yield node
    ;({ hasNextPage: more, endCursor: after } = list.pageInfo)
  }
}

const taken = new Set()
for await (const { name, status } of nodes('apiTokens', 'name status'))
  if (status !== 'REVOKED') taken.add(name)
for (const name of team.filter((member) => !taken.has(member))) {
  const create = 'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }'
  const { createApiToken } = await graphql(create, { input: { name, capMonth: '50' } })
  console.error(`${name}: ${createApiToken.secret}`)
}

const from = new Date(Date.now() - 30 * 86_400_000).toISOString()
const fields = ['createdAt', 'apiTokenName', 'model', 'promptTokens', 'completionTokens', 'cost', 'id']
// A name that begins like a formula must not be one in a spreadsheet.
const quoted = (text) => `"${text.replaceAll('"', '""')}"`
const cell = (value) => quoted(String(value).replace(/^[=+\-@]/, "'$&"))
const line = (values) => console.log(values.map(cell).join())
line(fields)
for await (const record of nodes('usageRecords', fields.join(' '), `, filter: { from: "${from}" }`))
  if (team.includes(record.apiTokenName)) line(fields.map((field) => record[field]))
