import { type Client, type SetUpInput, setUpOf } from './client.ts'
import { keyOrPlaceholder, siteOf, withoutVersion } from './places.ts'

/** Its name for each tool, and whether that tool appends `/v1` by itself. */
const APPS = [
  { app: 'claude', name: 'Claude Code', appendsVersion: true },
  { app: 'codex', name: 'Codex', appendsVersion: false },
  { app: 'opencode', name: 'OpenCode', appendsVersion: false },
  { app: 'openclaw', name: 'OpenClaw', appendsVersion: false },
] as const

/** Switches the agents of one computer between providers. */
export const ccSwitch: Client = {
  id: 'cc-switch',
  name: 'CC Switch',
  kind: 'desktop',
  door: 'chat_completions',
  homepage: 'https://github.com/farion1231/cc-switch',
  verified: 'documented',
  longPrompts: true,
  setUp: (input) =>
    setUpOf({
      steps: ['install', 'open', 'confirm', 'manual'],
      fields: [
        { label: 'Claude Code: ANTHROPIC_BASE_URL', value: withoutVersion(input.baseUrl) },
        { label: 'Codex, OpenCode, OpenClaw: Base URL', value: input.baseUrl },
        { label: 'API Key', value: keyOrPlaceholder(input) },
        { label: 'Model', value: input.model },
      ],
      notes: ['base', 'enabled'],
      links:
        input.key === undefined
          ? []
          : APPS.map((app) => ({ app: `CC Switch · ${app.name}`, url: () => linkOf(app, input) })),
    }),
}

function linkOf({ app, appendsVersion }: (typeof APPS)[number], input: SetUpInput): string {
  const { siteName, baseUrl, model } = input
  const parameters = {
    resource: 'provider',
    app,
    name: siteName,
    // Several endpoints may be given, parted by commas: ours is one.
    endpoint: (appendsVersion ? withoutVersion(baseUrl) : baseUrl).replaceAll(',', '%2C'),
    apiKey: keyOrPlaceholder(input),
    model,
    homepage: siteOf(baseUrl),
    enabled: 'true',
    ...(app === 'claude' && { haikuModel: model, sonnetModel: model, opusModel: model }),
  }
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `ccswitch://v1/import?${query.join('&')}`
}
