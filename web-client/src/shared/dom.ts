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

/** Marks that turn the direction of text, and other controls: in a name they serve only to make it look like another. */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A name that somebody else chose, with a sign where something in it cannot be seen. */
export const visible = (text: string): string => text.replace(CONTROLS, '\uFFFD')

/** The same as an element: its direction stays inside it. */
export const foreign = (text: string): HTMLElement => el('bdi', {}, visible(text))

/** Sets text only when it differs, so that a selection in it and live regions are left alone. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page lacks #${id}`)
  return element
}
