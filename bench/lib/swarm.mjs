// What the benchmarks of the swarm side share: seeders, requests on a kept connection, random places, quantiles.
import http from 'node:http'
import { peers } from './paths.mjs'
import { start } from './processes.mjs'

/** libtorrent by lt.py, and its ready line. */
export async function libtorrent (...argv) {
  const child = start('/usr/bin/python3', ['lt.py', ...argv], { cwd: peers })
  return { ...child, ready: await child.until(line => line.ready && line) }
}

/** A script of src/test/peers with some modules loaded before it. */
export async function scripted (script, argv, preloads = []) {
  const child = start(process.execPath, [...preloads.flatMap(file => ['--import', `./${file}`]), script, ...argv], { cwd: peers })
  return { ...child, ready: await child.until(line => line.ready && line) }
}

export const keptAlive = () => new http.Agent({ keepAlive: true, maxSockets: 1 })

/** Bytes first..last of a URL; times in ms from the start, and what came. */
export function fetchRange (url, first, last, { agent, limitMs = 60000 } = {}) {
  return new Promise((resolve, reject) => {
    const t0 = performance.now()
    const r = http.get(url, { agent, headers: { range: `bytes=${first}-${last}` } }, response => {
      const parts = []
      let firstMs
      response.on('data', data => { firstMs ??= performance.now() - t0; parts.push(data) })
      response.on('end', () => { clearTimeout(limit); resolve({ status: response.statusCode, firstMs, totalMs: performance.now() - t0, body: Buffer.concat(parts) }) })
      response.on('error', reject)
    })
    const limit = setTimeout(() => r.destroy(new Error(`no end within ${limitMs} ms`)), limitMs)
    r.on('error', e => { clearTimeout(limit); reject(e) })
  })
}

/** The same places for the same seed, on borders of 4 KiB. */
export function places (count, size, length, seed) {
  let x = seed >>> 0
  return Array.from({ length: count }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    return Math.floor(x / 2 ** 32 * ((size - length) / 4096)) * 4096
  })
}
