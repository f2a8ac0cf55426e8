// Asks for the gateway's admin token; it is kept for this tab only.
import { byId } from '../shared/dom.ts'

export function askToken(why: string): Promise<string | null> {
  const dialog = byId('token') as HTMLDialogElement
  const input = byId('token-input') as HTMLInputElement
  byId('token-why').textContent = why
  input.value = ''
  dialog.returnValue = 'cancel'
  // no button that submits: the Enter key would press the first of these
  const cancel = dialog.querySelector<HTMLButtonElement>('button[value=cancel]')
  if (cancel) cancel.onclick = () => dialog.close('cancel')
  dialog.showModal()
  return new Promise(resolve =>
    dialog.addEventListener(
      'close',
      () => resolve(dialog.returnValue === 'ok' && input.value ? input.value : null),
      { once: true }
    )
  )
}
