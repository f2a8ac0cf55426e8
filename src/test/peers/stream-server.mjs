// webtorrent's own HTTP server in Node, fed over WebRTC only: what the gateway is compared with.
//   node [--import ./fast-ice.mjs] stream-server.mjs --tracker ws://… --out FOLDER
// Command {"collect":true}: collects garbage, with node --expose-gc.
// Command {"torrent":FILE, "held":FOLDER}: serves a torrent whose file lies there, whole and believed.
// Command {"magnet":…}: adds it, and answers {"serving":true, url} of its first file as soon as that can be asked for.
import WebTorrent from 'webtorrent'
import { args, endWithParent, fail, onCommand, quiet, say } from './lib.mjs'

const a = args({ tracker: '', out: '' })
const client = new WebTorrent(quiet({ maxConns: 1000 }))
client.on('error', e => fail(`stream-server: ${e.message}`))
const server = client.createServer()
server.listen(0, '127.0.0.1', () => say({ ready: true }))
onCommand(({ magnet, torrent: file, held, collect }) => {
  if (collect) {
    globalThis.gc()
    return say({ collected: true })
  }
  // nothing is fetched but what a reader asks for
  const torrent = file
    ? client.add(file, { path: held, skipVerify: true, announce: a.tracker ? [a.tracker] : [] })
    : client.add(magnet, { path: a.out, announce: [a.tracker], deselect: true })
  torrent.on('ready', () => {
    const urls = torrent.files.map(each => `http://127.0.0.1:${server.address().port}${each.streamURL}`)
    say({ serving: true, url: urls[0], urls })
  })
})
endWithParent(() => new Promise(resolve => client.destroy(resolve)))
