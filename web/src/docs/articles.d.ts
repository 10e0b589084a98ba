declare module 'virtual:articles/*/titles' {
  /** Titles by article: `docs/quick-start`. */
  const titles: Record<string, string>
  export default titles
}
declare module 'virtual:articles/*/search' {
  const entries: { article: string; title: string; id?: string; heading?: string; text: string }[]
  export default entries
}
