import createPurifier from 'dompurify'
import { marked } from 'marked'

const purifier = createPurifier(window)

// A model's answer may be an attack: no images (they would call home), no forms, no styles, links that tell nothing.
purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return
  node.setAttribute('rel', 'noopener noreferrer nofollow')
  node.setAttribute('target', '_blank')
})

export function renderMarkdown(text: string): string {
  const html = marked.parse(text, { async: false, gfm: true, breaks: true })
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
