// Bars of medians with a line from the least to the most, as an SVG that can be read on light and dark pages.
import { median, short } from './figures.mjs'

const WIDTH = 760
const LEFT = 210
const BAR = 16
const COLOURS = ['#2f7ed8', '#8a8f98', '#c9822b', '#5b9a5b', '#9a5b93']

const escape = text => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** One group of bars a row: `{ what, unit, bars: { name: [figures] } }`; each group has its own scale, since units differ. */
export function plot (title, rows) {
  const systems = [...new Set(rows.flatMap(row => Object.keys(row.bars)))]
  const parts = []
  let y = 64
  for (const row of rows) {
    const bars = systems.filter(name => row.bars[name]?.length > 0)
    const most = Math.max(...bars.flatMap(name => row.bars[name])) || 1
    const x = value => LEFT + value / most * (WIDTH - LEFT - 120)
    parts.push(`<text x="${LEFT - 10}" y="${y + bars.length * BAR / 2 + 4}" text-anchor="end">${escape(row.what)}</text>`)
    for (const name of bars) {
      const values = row.bars[name]
      const middle = median(values)
      const line = y + BAR / 2 - 1
      parts.push(
        `<rect x="${LEFT}" y="${y}" width="${(x(middle) - LEFT).toFixed(1)}" height="${BAR - 3}" fill="${COLOURS[systems.indexOf(name) % COLOURS.length]}"/>`,
        `<path class="spread" d="M${x(Math.min(...values)).toFixed(1)} ${line}H${x(Math.max(...values)).toFixed(1)}"/>`,
        `<text class="value" x="${(x(Math.max(...values)) + 6).toFixed(1)}" y="${y + BAR - 5}">${short(middle)} ${escape(row.unit)}</text>`
      )
      y += BAR
    }
    y += 12
  }
  let at = LEFT
  const legend = systems.map((name, i) => {
    const mark = `<rect x="${at}" y="36" width="11" height="11" fill="${COLOURS[i % COLOURS.length]}"/><text x="${at + 16}" y="46">${escape(name)}</text>`
    at += 40 + name.length * 7
    return mark
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escape(title)}">
<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.value { font-size: 11px }
.spread { stroke: #24292f; stroke-width: 1.5 }
.page { fill: #ffffff }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .spread { stroke: #e6edf3 } .page { fill: #0d1117 } }
</style>
<rect class="page" width="${WIDTH}" height="${y}"/>
<text class="title" x="10" y="22">${escape(title)}</text>
${[...legend, ...parts].join('\n')}
</svg>
`
}
