// Links with a button that copies them.
import { el } from '../shared/dom.ts'

/** Copies where the browser allows it; else the text is selected, so that one key press does. */
async function copy(field: HTMLInputElement, button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(field.value)
    button.textContent = 'Copied'
  } catch {
    field.select()
    button.textContent = 'Press Ctrl+C'
  }
  setTimeout(() => (button.textContent = 'Copy'), 2000)
}

let count = 0

/** One row: what it is, the link itself, a button to copy it, and where it can be opened, a link for that. */
export function copyRow(label: string, value: string, openUrl: string | null): HTMLElement {
  const id = `copy-${++count}`
  const field = el('input', { id, type: 'text', readonly: true, value, spellcheck: 'false' })
  const button = el('button', { type: 'button', 'aria-label': `Copy: ${label}` }, 'Copy')
  button.addEventListener('click', () => void copy(field, button))
  field.addEventListener('focus', () => field.select())
  return el(
    'div',
    { class: 'copy' },
    el('label', { for: id }, label),
    field,
    button,
    openUrl ? el('a', { class: 'button', href: openUrl, 'aria-label': `Open: ${label}` }, 'Open') : null
  )
}
