import { defineAsyncComponent, defineComponent, h, type PropType, type VNode } from 'vue'
import { RouterLink } from 'vue-router'
import type { ArticleNode } from './article.ts'
import CodeTabs from './CodeTabs.vue'
import { type Fill, useFill } from './useFill.ts'

/** Components that an article may hold: {{part:name}}. */
const parts: Record<string, ReturnType<typeof defineAsyncComponent>> = {
  calculator: defineAsyncComponent(() => import('./BillingCalculator.vue')),
  models: defineAsyncComponent(() => import('./ModelsTable.vue')),
}

/** An article's elements, made of data: no HTML is parsed, and placeholders are texts. */
export default defineComponent({
  props: { body: { type: Array as PropType<ArticleNode[]>, required: true } },
  setup(props) {
    const fill = useFill()
    return () => props.body.map((node) => render(node, fill.value))
  },
})

function render(node: ArticleNode, fill: Fill): VNode | string {
  if (typeof node === 'string') return fill(node)
  if (!Array.isArray(node)) return 'part' in node ? h(parts[node.part]!) : h(CodeTabs, { tabs: node.code })
  const [tag, attributes, ...children] = node
  const inside = () => children.map((child) => render(child, fill))
  if (tag === 'a') return link(fill(attributes!.href!), inside)
  if (tag === 'table')
    return h('div', { class: 'table-box', tabindex: 0, role: 'group' }, h('table', inside()))
  if (/^h[23]$/.test(tag)) {
    const anchor = h(
      'a',
      { href: `#${attributes!.id}`, class: 'anchor', 'aria-hidden': true, tabindex: -1 },
      '#',
    )
    return h(tag, { ...attributes, tabindex: -1 }, [...inside(), anchor])
  }
  return h(tag, attributes, inside())
}

const link = (href: string, inside: () => (VNode | string)[]) =>
  href.startsWith('/') && !/\.(md|txt|json|graphql|yaml)$/.test(href)
    ? h(RouterLink, { to: href }, inside)
    : h('a', /^https?:/.test(href) ? { href, rel: 'noopener' } : { href }, inside())
