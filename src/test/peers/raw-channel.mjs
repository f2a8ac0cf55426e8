// One end of a bare data channel without BitTorrent, by the library that webtorrent uses in Node: what such a channel can carry on this machine.
//   node raw-channel.mjs [--answer] [--bytes N]
// Prints {"signal":…} lines for the other end and takes them on standard input; the receiving end prints {"done":true, MBps}.
import { RTCPeerConnection } from 'webrtc-polyfill'
import { args, endWithParent, onCommand, say } from './lib.mjs'

const MESSAGE = 16384
const HIGH = 1 << 20
const a = args({ answer: false, bytes: 256e6 })
const connection = new RTCPeerConnection({ iceServers: [] })
connection.onicecandidate = ({ candidate }) => {
  if (candidate) say({ signal: { candidate: { candidate: candidate.candidate, sdpMid: candidate.sdpMid, sdpMLineIndex: candidate.sdpMLineIndex } } })
}

function send (channel) {
  const message = new Uint8Array(MESSAGE).fill(7)
  let sent = 0
  channel.bufferedAmountLowThreshold = HIGH / 4
  const pump = () => { while (sent < a.bytes && channel.bufferedAmount < HIGH) { channel.send(message); sent += MESSAGE } }
  channel.onbufferedamountlow = pump
  // the event is lost now and then
  setInterval(pump, 50).unref()
  pump()
}

function receive (channel) {
  let got = 0
  let t0
  channel.binaryType = 'arraybuffer'
  channel.onmessage = ({ data }) => {
    t0 ??= performance.now()
    got += data.byteLength
    if (got >= a.bytes) say({ done: true, MBps: Number((got / 1e3 / (performance.now() - t0)).toFixed(1)) })
  }
}

const early = []
onCommand(async ({ signal }) => {
  if (signal.sdp) {
    await connection.setRemoteDescription(signal)
    for (const candidate of early.splice(0)) await connection.addIceCandidate(candidate)
    if (signal.type === 'offer') {
      const answer = await connection.createAnswer()
      await connection.setLocalDescription(answer)
      say({ signal: { type: 'answer', sdp: (connection.localDescription ?? answer).sdp } })
    }
  } else if (connection.remoteDescription?.type) {
    await connection.addIceCandidate(signal.candidate)
  } else {
    early.push(signal.candidate)
  }
})
say({ ready: true })
if (a.answer) {
  connection.ondatachannel = ({ channel }) => receive(channel)
} else {
  const channel = connection.createDataChannel('x')
  channel.onopen = () => send(channel)
  const offer = await connection.createOffer()
  await connection.setLocalDescription(offer)
  say({ signal: { type: 'offer', sdp: offer.sdp } })
}
endWithParent(() => connection.close())
