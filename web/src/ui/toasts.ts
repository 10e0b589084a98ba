import { ref } from 'vue'

export interface Toast {
  id: number
  text: string
  kind: 'ok' | 'err'
}

export const toasts = ref<Toast[]>([])
let next = 0

export function toast(text: string, kind: Toast['kind'] = 'ok') {
  toasts.value.push({ id: ++next, text, kind })
}
