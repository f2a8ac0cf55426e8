// webtorrent's own HTTP server in Node: what the gateway is compared with.
//   node [--import ./fast-ice.mjs] [--import ./nodelay.mjs] stream-server.mjs [--tracker ws://…] [--port PORT_FOR_PEERS] --out FOLDER
// Command {"collect":true}: collects garbage, with node --expose-gc.
// Command {"torrent":FILE, "held":FOLDER}: serves a torrent whose file lies there, whole and believed.
// Command {"magnet":…, "id":N}: adds it, and answers {"serving":true, id, url} of its first file as soon as that can be asked for.
// Command {"remove":true, "id":N}: removes all, with what is on the disk, and answers {"removed":true, id}.
import WebTorrent from 'webtorrent'
import { args, endWithParent, fail, onCommand, quiet, say } from './lib.mjs'

const a = args({ tracker: '', out: '', port: 0 })
const client = new WebTorrent(quiet({ maxConns: 1000, torrentPort: a.port }))
const announce = a.tracker ? [a.tracker] : []
client.on('error', e => fail(`stream-server: ${e.message}`))
const server = client.createServer()
server.listen(0, '127.0.0.1', () => say({ ready: true }))
onCommand(({ magnet, torrent: file, held, collect, remove, id }) => {
  if (collect) {
    globalThis.gc()
    return say({ collected: true })
  }
  if (remove) {
    return Promise.all(client.torrents.map(torrent => new Promise(resolve => torrent.destroy({ destroyStore: true }, resolve))))
      .then(() => say({ removed: true, id }))
  }
  // nothing is fetched but what a reader asks for
  const torrent = file
    ? client.add(file, { path: held, skipVerify: true, announce })
    : client.add(magnet, { path: a.out, announce, deselect: true })
  torrent.on('ready', () => {
    const urls = torrent.files.map(each => `http://127.0.0.1:${server.address().port}${each.streamURL}`)
    say({ serving: true, id, url: urls[0], urls })
  })
})
endWithParent(() => new Promise(resolve => client.destroy(resolve)))
