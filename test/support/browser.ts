import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

/** Why no browser can be driven here; undefined when one can. */
export const missingBrowser = CHROMIUM ? undefined : 'no Chromium below /usr/bin'

/** Without its calls home, which a closed network refuses one by one. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM!, args: ARGUMENTS })

export interface OpenPage {
  page: Page
  /** Errors of the page, and requests to any other host than `url`. */
  faults: string[]
}

/** A browser profile of its own, which notes everything that must not happen. */
export async function openPage(
  browser: Browser,
  url: string,
  options: { locale?: string; dark?: boolean; width?: number } = {},
): Promise<OpenPage> {
  const context = await browser.newContext({
    locale: options.locale ?? 'en-US',
    colorScheme: options.dark ? 'dark' : 'light',
    viewport: { width: options.width ?? 1280, height: 860 },
    permissions: ['clipboard-read', 'clipboard-write'],
    baseURL: url,
  })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    // A page that is not there is a 404, and says so itself.
    const isOwnStatus = message.text().includes('status of 404') && message.location().url === page.url()
    if (message.type() === 'error' && !isOwnStatus) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    const target = new URL(request.url())
    if (/^https?:$/.test(target.protocol) && target.origin !== url)
      faults.push(`a request to ${target.origin}`)
  })
  return { page, faults }
}
