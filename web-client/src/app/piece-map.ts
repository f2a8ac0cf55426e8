// Which pieces are here, on their way or missing, as one strip of pixels.
import type { Pieces } from '../shared/api.ts'

const WIDTH = 600
const HEIGHT = 28

/** Each column stands for the pieces under it, as dark as the part of them that is here. */
export function drawPieces(canvas: HTMLCanvasElement, pieces: Pieces): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const style = getComputedStyle(canvas)
  const held = style.getPropertyValue('--held')
  const coming = style.getPropertyValue('--coming')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  context.clearRect(0, 0, WIDTH, HEIGHT)
  for (let x = 0; x < WIDTH; x++) {
    const from = Math.floor((x * pieces.count) / WIDTH)
    const to = Math.max(from + 1, Math.floor(((x + 1) * pieces.count) / WIDTH))
    const states = pieces.states.slice(from, to)
    const here = [...states].filter(state => state === 'h').length / states.length
    const active = /[wav]/.test(states)
    if (here > 0) {
      context.globalAlpha = 0.25 + 0.75 * here
      context.fillStyle = held
      context.fillRect(x, 0, 1, HEIGHT)
    }
    if (active) {
      context.globalAlpha = 1
      context.fillStyle = coming
      context.fillRect(x, HEIGHT - 6, 1, 6)
    }
  }
  canvas.setAttribute('aria-label', `${pieces.held} of ${pieces.count} pieces are here`)
}
