// Asks for the gateway's admin token; it is kept for this tab only.
import { byId } from '../shared/dom.ts'

export function askToken(why: string): Promise<string | null> {
  const dialog = byId('token') as HTMLDialogElement
  const input = byId('token-input') as HTMLInputElement
  byId('token-why').textContent = why
  input.value = ''
  dialog.returnValue = 'cancel'
  dialog.showModal()
  return new Promise(resolve =>
    dialog.addEventListener(
      'close',
      () => resolve(dialog.returnValue === 'ok' && input.value ? input.value : null),
      { once: true }
    )
  )
}
