// What every script here shares: options that keep a client quiet, JSON lines to and from the test, hashes.
//
// The protocol with the test is one JSON object a line. A script prints {"ready":true,…} when it can be used and
// {"error":…} when it cannot; it takes commands on standard input and ends when that input ends or on SIGTERM.
import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/** No DHT, no multicast, no port mapping, no public STUN, no uTP: what is left is WebRTC through the trackers named, and a TCP port that nobody is told. */
export const quiet = (extra = {}) => ({
  dht: false, lsd: false, utPex: false, natUpnp: false, natPmp: false, utp: false,
  tracker: { rtcConfig: { iceServers: [] } },
  ...extra
})

/** `--name value` and `--flag`; the type of a default is the type of the answer. Unknown options are an error. */
export function args (defaults) {
  const out = { ...defaults }
  const argv = process.argv.slice(2)
  for (let i = 0; i < argv.length; i++) {
    const name = argv[i].replace(/^--/, '')
    if (!argv[i].startsWith('--') || !(name in defaults)) fail(`unknown option ${argv[i]}`)
    const kind = typeof defaults[name]
    if (kind === 'boolean') out[name] = true
    else out[name] = kind === 'number' ? Number(argv[++i]) : argv[++i]
  }
  return out
}

export const say = o => process.stdout.write(JSON.stringify(o) + '\n')
export function fail (message, more = {}) {
  say({ error: message, ...more })
  process.exit(1)
}
export const since = t0 => Math.round(performance.now() - t0)
export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

/** Ends this process, after `cleanup`, on SIGTERM, SIGINT or when the test closes our input. */
export function endWithParent (cleanup = () => {}) {
  let ending = false
  const end = () => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(0), 3000).unref()
    Promise.resolve(cleanup()).finally(() => process.exit(0))
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  process.stdin.on('end', end)
  process.stdin.resume()
}

/** Commands from the test: one JSON object a line. */
export function onCommand (act) {
  let rest = ''
  process.stdin.on('data', data => {
    const lines = (rest + data).split('\n')
    rest = lines.pop()
    for (const line of lines) if (line.trim()) act(JSON.parse(line))
  })
}

export async function sha256 (file) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest('hex')
}

/** Every file under a path, as {path, length, sha256}; the paths start with the name of the file or folder itself. */
export async function listing (top) {
  const base = path.dirname(top)
  const files = statSync(top).isFile()
    ? [top]
    : readdirSync(top, { recursive: true, withFileTypes: true }).filter(e => e.isFile()).map(e => path.join(e.parentPath, e.name))
  const out = []
  for (const file of files.sort()) out.push({ path: path.relative(base, file), length: statSync(file).size, sha256: await sha256(file) })
  return out
}

/** A magnet with nothing but the infohash and trackers: no web seed and no address to fetch the metadata from. */
export const bareMagnet = (infoHash, trackers) =>
  `magnet:?xt=urn:btih:${infoHash}` + trackers.map(t => `&tr=${encodeURIComponent(t)}`).join('')

/** The infohash of a magnet link, or the string itself. */
export const infoHashOf = source => /xt=urn:btih:([^&]+)/.exec(source)?.[1] ?? source
