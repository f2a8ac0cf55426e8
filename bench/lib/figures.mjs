// Figures: medians, the table of ours and theirs, and what target/bench keeps.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './paths.mjs'
import { plot } from './plot.mjs'

export function quantile (values, q) {
  const sorted = [...values].sort((x, y) => x - y)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]
}

export function median (values) {
  const sorted = [...values].sort((x, y) => x - y)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Three digits that count, or all before the point. */
export const short = value => value === undefined ? '' : Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))

function keep (name, what) {
  mkdirSync(path.join(root, 'target/bench'), { recursive: true })
  writeFileSync(path.join(root, 'target/bench', `${name}.json`), JSON.stringify({ at: new Date().toISOString(), ...what }, null, 2) + '\n')
}

/** Prints rows as a table, and keeps them in target/bench for whoever compares runs. */
export function report (name, rows) {
  console.table(rows)
  keep(name, { rows })
}

/**
 * Ours beside theirs. A row is one workload: `{ what, unit, ours: [..], theirs: { nginx: [..] } }`, each list one figure a round; the ratios
 * are of medians, ours by theirs. Prints a table, keeps target/bench/NAME.json, and with PLOT=1 draws docs/images/bench-NAME.svg.
 * A system without figures in a row has an empty cell.
 */
export function comparison (name, title, rows) {
  const all = rows.filter(row => row.ours.length > 0)
  console.table(all.map(row => ({
    workload: row.what,
    unit: row.unit,
    ours: short(median(row.ours)),
    spread: spread(row.ours),
    ...Object.fromEntries(Object.entries(row.theirs ?? {}).filter(([, values]) => values.length > 0).flatMap(([their, values]) => [
      [their, short(median(values))], [`spread of ${their}`, spread(values)], [`ours / ${their}`, short(median(row.ours) / median(values))]
    ])),
    ...(row.aim ? { aim: row.aim } : {})
  })))
  keep(name, { title, rows: all })
  if (process.env.PLOT === '1') {
    const file = path.join(root, 'docs/images', `bench-${name}.svg`)
    writeFileSync(file, plot(title, all.map(row => ({ ...row, bars: { Sluice: row.ours, ...row.theirs } }))))
    console.log(`drawn: ${path.relative(root, file)}`)
  }
}

const spread = values => `${short(Math.min(...values))}-${short(Math.max(...values))}`
