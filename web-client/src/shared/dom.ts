// Elements without markup: whatever a torrent says about itself goes into the page as text only.

type Child = Node | string | null

export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined
}

/** An element; attributes that are false or absent are left out, and strings become text. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      element.setAttribute(attribute, value === true ? '' : String(value))
  }
  element.append(...children.filter(child => child !== null))
  return element
}

/** A name that somebody else chose: its direction and its marks stay inside it. */
export const foreign = (text: string): HTMLElement => el('bdi', {}, text)

/** Sets text only when it differs, so that a selection in it and live regions are left alone. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page lacks #${id}`)
  return element
}
