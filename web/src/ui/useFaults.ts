import { computed, nextTick, ref } from 'vue'

/** What was typed into a field, and what is wrong with it in the reader's words. */
export type Checked = readonly [typed: string, fault: string | false | undefined]

/**
 * What is wrong in a form, field by field: told of what was typed once its field is left, of what is still missing when
 * it is sent. Nobody is left before a button that is grey and says nothing.
 */
export function useFaults<Name extends string>(check: () => Record<Name, Checked>) {
  const checked = computed(check)
  const left = ref<Partial<Record<Name, string>>>({})
  const tried = ref(false)
  const names = () => Object.keys(checked.value) as Name[]
  const valid = computed(() => names().every((name) => !checked.value[name][1]))

  /** For `:error` of a field. */
  function faultOf(name: Name): string | undefined {
    const [typed, fault] = checked.value[name]
    const isTold = tried.value || (typed !== '' && left.value[name] === typed)
    return (isTold && fault) || undefined
  }

  /** The form is shown anew. */
  function begin() {
    tried.value = false
    left.value = {}
  }

  /** For `@focusout` of the form. */
  function settle() {
    left.value = Object.fromEntries(
      names().map((name) => [name, checked.value[name][0]]),
    ) as typeof left.value
  }

  /** For `@submit` of the form: goes on when all is well, otherwise to the first field that is not. */
  async function submit(event: Event, goOn: () => unknown) {
    tried.value = true
    if (valid.value) return void goOn()
    const form = event.target as HTMLFormElement
    await nextTick()
    form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }

  return { faultOf, settle, submit, begin }
}
