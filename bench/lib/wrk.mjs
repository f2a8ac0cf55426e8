// Load over HTTP by wrk: as many requests as the server answers, one at a time on each connection.
import path from 'node:path'
import { start } from './processes.mjs'

/** `rangeBytes` 0 asks for whole files. Returns { mbps, requests, p50, p99 } (ms); fails when anything was answered wrongly. */
export async function wrk (url, { fileBytes, rangeBytes, connections, seconds }) {
  const child = start('wrk', [
    `-t${Math.min(2, connections)}`, `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', path.join(import.meta.dirname, 'wrk-range.lua'), url,
    '--', String(fileBytes), String(rangeBytes)
  ])
  const result = await child.until(line => line.mbps !== undefined && line, (seconds + 60) * 1000)
  if (result.errors > 0) throw new Error(`wrk: ${result.errors} errors`)
  return result
}
