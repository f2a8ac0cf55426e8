// webtorrent in Node, seeding over TCP with its own defaults for encryption, unless they are named.
//   node tcp-seeder.mjs --torrent FILE --folder FOLDER [--secure 0|1|2] [--peer HOST:PORT]
// Ready line: infoHash, port.  Command {"cmd":"stat"}: uploaded, peers [{type, encryption}].
import { readFileSync } from 'node:fs'
import WebTorrent from 'webtorrent'
import { args, endWithParent, fail, onCommand, quiet, say } from './lib.mjs'

const a = args({ torrent: '', folder: '', secure: -1, peer: '' })
const client = new WebTorrent(quiet(a.secure < 0 ? {} : { secure: a.secure }))
client.on('error', e => fail(`tcp-seeder: ${e.message}`))
const torrent = client.add(readFileSync(a.torrent), { path: a.folder, skipVerify: true, announce: [] })
torrent.on('warning', e => console.error('tcp-seeder warning:', e.message ?? e))
const encryption = wire => ['none', 'handshake', 'stream'][wire._encryptionMethod ?? 0]
const ready = () => {
  if (!client.torrentPort) return setTimeout(ready, 10)
  say({ ready: true, infoHash: torrent.infoHash, port: client.torrentPort })
  if (a.peer) torrent.addPeer(a.peer)
}
torrent.on('ready', ready)
onCommand(() => say({
  stat: true, uploaded: torrent.uploaded, peers: torrent.wires.map(wire => ({ type: wire.type, encryption: encryption(wire) }))
}))
endWithParent(() => new Promise(resolve => client.destroy(resolve)))
