import { invalidField } from '../../platform/errors.ts'
import { isObject, type Json, objects, string } from './json.ts'

/** A block of what people and tools say, as a part of a chat message. Errors: invalid_request. */
export function partOf(block: Json, at: string): Json {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: string(block.text, `${at}.text`) }
    case 'image':
      return { type: 'image_url', image_url: { url: imageUrl(block.source, `${at}.source`) } }
    case 'document':
      return { type: 'text', text: documentText(block, `${at}.source`) }
    case 'search_result':
      return {
        type: 'text',
        text: [block.title, block.source, textsOf(block.content, `${at}.content`)].join('\n'),
      }
    default:
      throw invalidField(`${at}.type`, `${at}.type is not served here: use text, image or tool_result.`)
  }
}

function imageUrl(source: unknown, at: string): string {
  const { type, media_type: mediaType, data, url } = isObject(source) ? source : {}
  if (type === 'url') return string(url, `${at}.url`)
  if (type !== 'base64') throw invalidField(`${at}.type`, `${at}.type must be base64 or url.`)
  return `data:${string(mediaType, `${at}.media_type`)};base64,${string(data, `${at}.data`)}`
}

/** No provider reads files in a chat: what is text is told as text. */
function documentText({ source, title }: Json, at: string): string {
  const { type, data, content } = isObject(source) ? source : {}
  if (type !== 'text' && type !== 'content')
    throw invalidField(`${at}.type`, `${at}.type must be text or content: other documents are not served.`)
  const text = type === 'text' ? string(data, `${at}.data`) : textsOf(content, `${at}.content`)
  return typeof title === 'string' ? `${title}\n${text}` : text
}

const textsOf = (content: unknown, at: string): string =>
  typeof content === 'string'
    ? content
    : objects(content, at)
        .map(({ text }, i) => string(text, `${at}[${i}].text`))
        .join('\n')

/** What a tool answered: words for the tool's message, and pictures, which only a person's message may hold. */
export function resultOf({ content, is_error: isError }: Json, at: string): { text: string; images: Json[] } {
  const parts =
    typeof content === 'string'
      ? [{ type: 'text', text: content }]
      : objects(content, `${at}.content`).map((block, i) =>
          block.type === 'tool_reference'
            ? { type: 'text', text: `Tool: ${block.tool_name}` }
            : partOf(block, `${at}.content[${i}]`),
        )
  const text = parts.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n')
  return {
    text: isError === true ? `Error: ${text}` : text,
    images: parts.filter(({ type }) => type === 'image_url'),
  }
}
