// webtorrent's own HTTP server in Node, fed over WebRTC only: what the gateway is compared with.
//   node [--import ./fast-ice.mjs] stream-server.mjs --tracker ws://… --out FOLDER
// Command {"magnet":…}: adds it, and answers {"serving":true, url} of its first file as soon as that can be asked for.
import WebTorrent from 'webtorrent'
import { args, endWithParent, fail, onCommand, quiet, say } from './lib.mjs'

const a = args({ tracker: '', out: '' })
const client = new WebTorrent(quiet())
client.on('error', e => fail(`stream-server: ${e.message}`))
const server = client.createServer()
server.listen(0, '127.0.0.1', () => say({ ready: true }))
onCommand(({ magnet }) => {
  // nothing is fetched but what a reader asks for
  const torrent = client.add(magnet, { path: a.out, announce: [a.tracker], deselect: true })
  torrent.on('ready', () => say({ serving: true, url: `http://127.0.0.1:${server.address().port}${torrent.files[0].streamURL}` }))
})
endWithParent(() => new Promise(resolve => client.destroy(resolve)))
