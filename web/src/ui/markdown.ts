import createPurifier from 'dompurify'
import { Marked } from 'marked'

const purifier = createPurifier(window)

// A model's answer may be an attack: no images (they would call home), no forms, no styles, links that tell nothing.
purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return
  node.setAttribute('rel', 'noopener noreferrer nofollow')
  node.setAttribute('target', '_blank')
})

/** Models write these where Markdown has no words for them. */
const PLAIN_TAG = /^<\/?(br|sub|sup|kbd|u|mark)\s*\/?>$/i
/** Any other tag is what was said, such as `vector<int>`, and would be lost as one. */
const inPlace = (text: string, block: boolean | undefined) =>
  block ? `<p>${escaped(text)}</p>` : escaped(text)

/** An image would be fetched by being shown, and tell who reads: it is a link, loaded by a click and elsewhere. */
const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html: ({ text, block }) => (PLAIN_TAG.test(text.trim()) ? text : inPlace(text, block)),
    image: ({ href, text }) => `<a href="${escaped(href)}">🖼 ${escaped(text || href)}</a>`,
  },
})

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!)

export function renderMarkdown(text: string): string {
  const html = marked.parse(text, { async: false })
  return purifier.sanitize(html, {
    RETURN_TRUSTED_TYPE: true,
    FORBID_TAGS: [
      'img',
      'picture',
      'video',
      'audio',
      'iframe',
      'form',
      'input',
      'button',
      'style',
      'svg',
      'math',
    ],
    FORBID_ATTR: ['style', 'class', 'id', 'name'],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  }) as unknown as string
}
