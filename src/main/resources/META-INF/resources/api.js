// The gateway's JSON API, relative to this page, so that a prefix of a proxy does no harm.
const TORRENTS = 'api/v1/torrents'

/** An answer that was a problem (RFC 9457); its message is meant for the reader of the page. */
export class Problem extends Error {}

async function call (path, options = {}) {
  let response
  try {
    response = await fetch(path, { cache: 'no-store', ...options })
  } catch {
    throw new Problem('The gateway does not answer.')
  }
  if (!response.ok) throw new Problem(await explain(response))
  return response.status === 204 ? null : response.json()
}

/** What a problem answer says, in a sentence. */
export async function explain (response) {
  const body = await response.json().catch(() => ({}))
  const text = body.detail ?? body.title ?? `The gateway answered ${response.status}.`
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export const list = () => call(TORRENTS)
export const remove = infohash => call(`${TORRENTS}/${infohash}`, { method: 'DELETE' })

/** Adds a magnet link, an infohash or the address of a .torrent file. */
export function add (text) {
  const source = text.trim()
  const kind = /^magnet:/i.test(source) ? 'magnet' : /^https?:/i.test(source) ? 'url' : 'infohash'
  return call(TORRENTS, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ [kind]: source })
  })
}

export function upload (file) {
  const form = new FormData()
  form.append('torrent', file)
  return call(TORRENTS, { method: 'POST', body: form })
}
