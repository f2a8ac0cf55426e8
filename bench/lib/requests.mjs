// Requests over HTTP.
import { createHash } from 'node:crypto'
import http from 'node:http'

/** One request; times in ms from the start to the first byte of the body and to the end, and the hash of the body. */
export function request (url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const t0 = performance.now()
    const r = http.request(url, { method, headers }, response => {
      const hash = createHash('sha256')
      let first
      let bytes = 0
      response.on('data', data => { first ??= performance.now() - t0; bytes += data.length; hash.update(data) })
      response.on('end', () => resolve({ status: response.statusCode, bytes, first, total: performance.now() - t0, sha256: hash.digest('hex') }))
      response.on('error', reject)
    })
    r.on('error', reject)
    r.end(body)
  })
}
