// Rates over the last minutes, by transport, in a small canvas of its own.
import { rate } from '../shared/format.ts'

const SECONDS = 120
const WIDTH = 600
const HEIGHT = 120
const FOOT = 4

export const SERIES = ['webrtc', 'tcp', 'web-seed', 'out'] as const
export type Series = (typeof SERIES)[number]
export type Sample = Readonly<Record<Series, number>>

export class RatePlot {
  private readonly samples: Sample[] = []

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly top: HTMLElement
  ) {
    canvas.width = WIDTH
    canvas.height = HEIGHT
  }

  add(sample: Sample): void {
    this.samples.push(sample)
    if (this.samples.length > SECONDS) this.samples.shift()
    this.draw()
  }

  private draw(): void {
    const context = this.canvas.getContext('2d')
    if (!context) return
    const style = getComputedStyle(this.canvas)
    const highest = Math.max(16_000, ...this.samples.flatMap(sample => SERIES.map(name => sample[name])))
    this.top.textContent = rate(highest)
    context.clearRect(0, 0, WIDTH, HEIGHT)
    context.lineWidth = 2
    context.lineJoin = 'round'
    for (const name of SERIES) {
      if (this.samples.every(sample => sample[name] === 0)) continue
      context.strokeStyle = style.getPropertyValue(`--${name}`)
      context.beginPath()
      this.samples.forEach((sample, index) => {
        const x = WIDTH - ((this.samples.length - 1 - index) * WIDTH) / (SECONDS - 1)
        const y = HEIGHT - FOOT - (sample[name] / highest) * (HEIGHT - 2 * FOOT)
        if (index) context.lineTo(x, y)
        else context.moveTo(x, y)
      })
      context.stroke()
    }
    const now = this.samples.at(-1)
    const words = SERIES.filter(name => now?.[name]).map(name => `${name} ${rate(now?.[name] ?? 0)}`)
    this.canvas.setAttribute(
      'aria-label',
      `Rates of the last two minutes. Now: ${words.join(', ') || 'nothing flows'}`
    )
  }
}
