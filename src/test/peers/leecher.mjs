// webtorrent in Node, fetching a whole torrent over WebRTC only; the source's own web seeds and metadata addresses are not used,
// or with --web-seeds-only from those alone.
//   node --import ./fast-ice.mjs leecher.mjs --source MAGNET_OR_INFOHASH_OR_TORRENT_FILE --tracker ws://… --out FOLDER [--timeout SECONDS]
// Last line: {"done":true, files [{path, length, sha256}], types, metadataMs, wireMs, doneMs, MBps}
import { createHash } from 'node:crypto'
import parseTorrent from 'parse-torrent'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import WebTorrent from 'webtorrent'
import { args, bareMagnet, endWithParent, fail, infoHashOf, quiet, say, since } from './lib.mjs'

const a = args({ source: '', tracker: '', out: '', timeout: 90, 'web-seeds-only': false })
const client = new WebTorrent(quiet())
client.on('error', e => fail(`leecher: ${e.message}`))
const isFile = existsSync(a.source)
const source = isFile
  ? { ...await parseTorrent(readFileSync(a.source)), ...(a['web-seeds-only'] ? { announce: [] } : { announce: [a.tracker], urlList: [] }) }
  : bareMagnet(infoHashOf(a.source), [a.tracker])
const t0 = performance.now()
const at = {}
const types = new Set()
// read through webtorrent: on disk it leaves signs out of names that are in the torrent's
const hashes = () => Promise.all(torrent.files.map(async file => ({
  path: file.path.replace(torrent.path + path.sep, ''),
  length: file.length,
  sha256: createHash('sha256').update(new Uint8Array(await file.arrayBuffer())).digest('hex')
})))
const torrent = client.add(source, { path: a.out, announce: a['web-seeds-only'] ? [] : [a.tracker] })
torrent.on('warning', e => console.error('leecher warning:', e.message ?? e))
torrent.on('metadata', () => { at.metadataMs = since(t0) })
torrent.on('wire', wire => { at.wireMs ??= since(t0); types.add(wire.type) })
torrent.on('done', async () => {
  at.doneMs = since(t0)
  const MBps = Number((torrent.length / 1e3 / (at.doneMs - at.wireMs)).toFixed(1))
  say({ done: true, infoHash: torrent.infoHash, length: torrent.length, types: [...types], ...at, MBps, files: await hashes() })
})
setTimeout(() => fail(`leecher: not complete after ${a.timeout} s`, { progress: torrent.progress, wires: torrent.wires.map(w => w.type), whole: torrent.files.filter(f => f.progress === 1).map(f => f.path) }), a.timeout * 1000).unref()
say({ ready: true })
endWithParent(() => new Promise(resolve => client.destroy(resolve)))
