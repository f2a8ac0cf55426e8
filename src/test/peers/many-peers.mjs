// Many light peers of one torrent in one process, which hold a connection, have nothing and ask for nothing.
//   node --import ./fast-ice.mjs many-peers.mjs --torrent INFOHASH --tracker ws://…     over WebRTC, met through a tracker
//   node many-peers.mjs --torrent INFOHASH --address HOST:PORT                          over TCP
// Command {"to":N}: more peers until there are so many. Prints {"up":N} as they have shaken hands, and {"gone":N} when some have left.
import { randomBytes } from 'node:crypto'
import net from 'node:net'
import Peer from '@thaunknown/simple-peer/lite.js'
import { WebSocket } from 'ws'
import { args, endWithParent, onCommand, say } from './lib.mjs'

const a = args({ torrent: '', tracker: '', address: '' })
const infoHash = Buffer.from(a.torrent, 'hex')
const newId = () => Buffer.concat([Buffer.from('-MP0001-'), Buffer.from(randomBytes(6).toString('hex'))])
const held = new Set()
let wanted = 0
let up = 0
let failed = 0

function handshake (id) {
  const reserved = Buffer.alloc(8)
  reserved[7] = 0x04 // BEP 6
  return Buffer.concat([Buffer.from([19]), Buffer.from('BitTorrent protocol'), reserved, infoHash, id])
}
const haveNone = Buffer.from([0, 0, 0, 1, 15])

/** A duplex stream to the other side, from its first byte until it ends. */
function greet (stream, id, done) {
  let got = 0
  held.add(stream)
  stream.on('data', data => {
    if (got < 68 && got + data.length >= 68) {
      stream.write(haveNone)
      say({ up: ++up })
      done()
    }
    got += data.length
  })
  stream.on('error', () => {})
  stream.on('close', () => { if (held.delete(stream) && got >= 68) say({ gone: --up }); else done(true) })
  stream.write(handshake(id))
}

const overTcp = () => new Promise(resolve => {
  const [host, port] = a.address.split(':')
  const socket = net.connect(Number(port), host, () => greet(socket, newId(), resolve))
  socket.on('error', () => resolve(true))
})

const overWebrtc = () => new Promise(resolve => {
  const id = newId()
  const offerId = randomBytes(20).toString('binary')
  const peer = new Peer({ initiator: true, trickle: false, config: { iceServers: [] } })
  const socket = new WebSocket(a.tracker)
  const end = bad => { clearTimeout(limit); socket.close(); resolve(bad) }
  const limit = setTimeout(() => { peer.destroy(); end(true) }, 15000)
  const offered = new Promise(resolve => peer.once('signal', resolve))
  const opened = new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject) })
  Promise.all([offered, opened]).then(([offer]) => socket.send(JSON.stringify({
    action: 'announce', info_hash: infoHash.toString('binary'), peer_id: id.toString('binary'), numwant: 1, uploaded: 0, downloaded: 0, left: 1000, event: 'started',
    offers: [{ offer_id: offerId, offer }]
  })), () => end(true))
  socket.on('message', text => {
    const message = JSON.parse(text)
    if (message.answer && message.offer_id === offerId) peer.signal(message.answer)
  })
  peer.once('connect', () => greet(peer, id, end))
  peer.on('error', () => end(true))
})

let adding = false
async function add () {
  if (adding) return
  adding = true
  while (up < wanted && failed < 200) {
    // over WebRTC one after the other: the tracker is to hand the offer to the other side, and not to another of ours
    const bad = await Promise.all(Array.from({ length: a.address ? Math.min(4, wanted - up) : 1 }, a.address ? overTcp : overWebrtc))
    failed += bad.filter(Boolean).length
  }
  adding = false
  say({ all: up, failed })
}
onCommand(({ to }) => { wanted = to; add() })
endWithParent()
say({ ready: true, pid: process.pid })
