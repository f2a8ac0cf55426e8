/** Files that are dropped anywhere on the page; the overlay shows while some are over it. */
export function acceptDrops(overlay: HTMLElement, take: (files: readonly File[]) => void): void {
  let depth = 0
  const has = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
  const show = (): void => {
    overlay.hidden = depth === 0
  }
  addEventListener('dragenter', event => {
    if (has(event)) depth++
    show()
  })
  addEventListener('dragleave', event => {
    if (has(event)) depth = Math.max(0, depth - 1)
    show()
  })
  addEventListener('dragover', event => {
    if (has(event)) event.preventDefault()
  })
  addEventListener('drop', event => {
    if (!has(event)) return
    event.preventDefault()
    depth = 0
    show()
    take([...(event.dataTransfer?.files ?? [])])
  })
}
