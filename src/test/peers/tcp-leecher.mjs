// webtorrent in Node, fetching a whole torrent over TCP with its own defaults for encryption, from a peer that it dials.
//   node tcp-leecher.mjs --source INFOHASH --peer HOST:PORT --out FOLDER [--timeout SECONDS]
// Last line: {"done":true, files [{path, length, sha256}], types, encryption, doneMs, MBps}
import path from 'node:path'
import WebTorrent from 'webtorrent'
import { args, bareMagnet, endWithParent, fail, listing, quiet, say, since } from './lib.mjs'

const a = args({ source: '', peer: '', out: '', timeout: 90 })
const client = new WebTorrent(quiet())
client.on('error', e => fail(`tcp-leecher: ${e.message}`))
const t0 = performance.now()
const types = new Set()
const encryption = new Set()
let wireMs
const torrent = client.add(bareMagnet(a.source, []), { path: a.out, announce: [] })
torrent.on('warning', e => console.error('tcp-leecher warning:', e.message ?? e))
torrent.on('infoHash', () => torrent.addPeer(a.peer))
torrent.on('wire', wire => {
  wireMs ??= since(t0)
  types.add(wire.type)
  encryption.add(['none', 'handshake', 'stream'][wire._encryptionMethod ?? 0])
})
torrent.on('done', async () => {
  const doneMs = since(t0)
  const MBps = Number((torrent.length / 1e3 / (doneMs - wireMs)).toFixed(1))
  say({ done: true, infoHash: torrent.infoHash, length: torrent.length, types: [...types], encryption: [...encryption], doneMs, MBps, files: await listing(path.join(path.resolve(a.out), torrent.name)) })
})
setTimeout(() => fail(`tcp-leecher: not complete after ${a.timeout} s`, { progress: torrent.progress, wires: torrent.wires.map(w => w.type) }), a.timeout * 1000).unref()
say({ ready: true })
endWithParent(() => new Promise(resolve => client.destroy(resolve)))
