// The tracker that webtorrent users run: WebSocket and HTTP on one port, and UDP on another.
//   node tracker.mjs [--host 127.0.0.1] [--port 0] [--udp]
import { Server } from 'bittorrent-tracker'
import { args, endWithParent, fail, onCommand, say } from './lib.mjs'

const a = args({ host: '127.0.0.1', port: 0, udp: false })
const server = new Server({ udp: a.udp, http: true, ws: true, stats: true })
server.on('error', e => fail(`tracker: ${e.message}`))
server.on('warning', e => console.error('tracker warning:', e.message))
server.listen(a.port, { http: a.host, udp4: a.host }, () => {
  const at = `${a.host}:${server.http.address().port}`
  const udp = a.udp ? { udp: `udp://${a.host}:${server.udp4.address().port}/announce` } : {}
  say({ ready: true, ws: `ws://${at}`, http: `http://${at}/announce`, ...udp })
})
onCommand(() => say({
  swarms: Object.fromEntries(Object.entries(server.torrents).map(([hash, swarm]) => [hash, { complete: swarm.complete, incomplete: swarm.incomplete }]))
}))
endWithParent(() => new Promise(resolve => server.close(resolve)))
