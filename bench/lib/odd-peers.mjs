// Peers by the bare protocol (BEP 3) over TCP that have a whole file, dial whom they are told, and behave as they are told.
import { randomBytes } from 'node:crypto'
import net from 'node:net'

const BLOCK = 16384
const [CHOKE, UNCHOKE, INTERESTED, BITFIELD, REQUEST, PIECE, CANCEL] = [0, 1, 2, 5, 6, 7, 8]

/** What they do; `rate` in bytes a second. */
export const manners = {
  good: { rate: 2_500_000 },
  slow: { rate: 15_000 },
  // serves for two seconds, then says nothing for ten
  stalling: { rate: 2_500_000, stallsAfterMs: 2000 },
  // a block in four is not what it should be
  lying: { rate: 2_500_000, lies: 0.25 },
  // chokes for a second after every second and a half
  choking: { rate: 2_500_000, chokes: true },
  // gone after two seconds, back a second later
  leaving: { rate: 2_500_000, leavesAfterMs: 2000 }
}

function message (id, ...parts) {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(body.length + 1)
  head[4] = id
  return Buffer.concat([head, body])
}

/** One peer that dials `port` until it is stopped; `sent` counts the bytes of blocks that it gave. */
export function oddPeer ({ port, infoHash, bytes, pieceLength, manner }) {
  const pieces = Math.ceil(bytes.length / pieceLength)
  const field = Buffer.alloc(Math.ceil(pieces / 8))
  for (let i = 0; i < pieces; i++) field[i >> 3] |= 0x80 >> (i & 7)
  const self = { sent: 0, dials: 0, stop: () => { stopped = true; socket?.destroy() } }
  let stopped = false
  let socket

  const dial = () => {
    if (stopped) return
    self.dials++
    const mine = socket = net.connect({ host: '127.0.0.1', port, noDelay: true })
    const queue = []
    const timers = []
    let shaken = false
    let choked = true
    let stalled = false
    let allowance = 0
    let rest = Buffer.alloc(0)
    const every = (ms, act) => timers.push(setInterval(act, ms))
    const after = (ms, act) => timers.push(setTimeout(act, ms))
    mine.on('connect', () => mine.write(Buffer.concat([Buffer.from([19]), Buffer.from('BitTorrent protocol'), Buffer.alloc(8), Buffer.from(infoHash, 'hex'), Buffer.from('-OD0001-'), randomBytes(12)])))
    mine.on('error', () => {})
    mine.on('close', () => { for (const timer of timers) { clearInterval(timer); clearTimeout(timer) } setTimeout(dial, 1000) })
    const serve = () => {
      while (queue.length && allowance >= BLOCK && !stalled && !choked && mine.writableLength < 1 << 20) {
        const [piece, begin, length] = queue.shift()
        const at = piece * pieceLength + begin
        const block = Buffer.from(bytes.subarray(at, at + length))
        if (Math.random() < (manner.lies ?? 0)) block[length >> 1] ^= 1
        const head = Buffer.alloc(8)
        head.writeUInt32BE(piece)
        head.writeUInt32BE(begin, 4)
        mine.write(message(PIECE, head, block))
        allowance -= length
        self.sent += length
      }
    }
    const hear = (id, body) => {
      if (id === INTERESTED && choked) {
        choked = false
        mine.write(message(UNCHOKE))
        if (manner.stallsAfterMs) after(manner.stallsAfterMs, () => { stalled = true; after(10000, () => { stalled = false }) })
        if (manner.leavesAfterMs) after(manner.leavesAfterMs, () => mine.destroy())
        if (manner.chokes) {
          every(2500, () => {
            choked = true
            queue.length = 0
            mine.write(message(CHOKE))
            after(1000, () => { choked = false; mine.write(message(UNCHOKE)) })
          })
        }
      } else if (id === REQUEST && !choked) {
        queue.push([body.readUInt32BE(0), body.readUInt32BE(4), body.readUInt32BE(8)])
        serve()
      } else if (id === CANCEL) {
        const found = queue.findIndex(([piece, begin]) => piece === body.readUInt32BE(0) && begin === body.readUInt32BE(4))
        if (found >= 0) queue.splice(found, 1)
      }
    }
    every(5, () => { allowance = Math.min(allowance + manner.rate * 0.005, Math.max(BLOCK, manner.rate * 0.05)); serve() })
    mine.on('data', data => {
      rest = Buffer.concat([rest, data])
      if (!shaken) {
        if (rest.length < 68) return
        shaken = true
        rest = rest.subarray(68)
        mine.write(message(BITFIELD, field))
      }
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
        const length = rest.readUInt32BE(0)
        if (length > 0) hear(rest[4], rest.subarray(5, 4 + length))
        rest = rest.subarray(4 + length)
      }
    })
  }
  dial()
  return self
}
