const written = (name: string) =>
  globalThis.document?.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content

/** The operator's texts about this site: the server writes them into the page. */
export const site = {
  name: written('application-name') || 'PingToken',
  contact: written('site-contact') ?? '',
  record: written('site-record') ?? '',
}
