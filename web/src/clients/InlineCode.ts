import { h, type FunctionalComponent } from 'vue'

/** A sentence in which code stands between backticks. */
const InlineCode: FunctionalComponent<{ text: string }> = ({ text }) =>
  text
    .split('`')
    .map((part, i) => (i % 2 === 1 ? h('code', { class: 'font-mono text-[0.9em] break-all' }, part) : part))

InlineCode.props = ['text']
export default InlineCode
