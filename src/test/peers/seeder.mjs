// webtorrent in Node, seeding a file or a folder over WebRTC only.
//   node --import ./fast-ice.mjs seeder.mjs --path FILE_OR_FOLDER --tracker ws://… [--piece-length N] [--upload-limit BYTES_PER_SECOND]
// Ready line: infoHash, magnet, pieceLength, length, files [{path, length, sha256}].  Command {"cmd":"stat"}: uploaded (bytes of blocks), peers.
import createTorrent from 'create-torrent'
import path from 'node:path'
import { promisify } from 'node:util'
import WebTorrent from 'webtorrent'
import { args, bareMagnet, endWithParent, fail, listing, onCommand, quiet, say } from './lib.mjs'

const a = args({ path: '', tracker: '', 'piece-length': 0, 'upload-limit': -1 })
// without an announceList create-torrent writes public trackers into the torrent
const torrentFile = await promisify(createTorrent)(a.path, {
  announceList: [], createdBy: 'sluice-test', creationDate: 0, ...(a['piece-length'] ? { pieceLength: a['piece-length'] } : {})
})
const client = new WebTorrent(quiet({ uploadLimit: a['upload-limit'] }))
client.on('error', e => fail(`seeder: ${e.message}`))
const torrent = client.add(torrentFile, { path: path.dirname(path.resolve(a.path)), skipVerify: true, announce: [a.tracker], uploads: 64 })
torrent.on('warning', e => console.error('seeder warning:', e.message ?? e))
torrent.on('ready', async () => say({
  ready: true, infoHash: torrent.infoHash, magnet: bareMagnet(torrent.infoHash, [a.tracker]), name: torrent.name,
  length: torrent.length, pieceLength: torrent.pieceLength, files: await listing(path.resolve(a.path))
}))
// torrent.uploaded counts every byte on the wire; what was seeded is the blocks
let uploaded = 0
torrent.on('wire', wire => wire.on('upload', bytes => { uploaded += bytes }))
onCommand(() => say({ stat: true, uploaded, peers: torrent.wires.map(wire => wire.type) }))
endWithParent(() => new Promise(resolve => client.destroy(resolve)))
