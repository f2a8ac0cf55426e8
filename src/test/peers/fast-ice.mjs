// Preload (node --import ./fast-ice.mjs …): lets webtorrent's WebRTC in Node connect at once, and every time. Browsers do by themselves
// what is mended here, and what is transferred is the same.
//
// 1. webrtc-polyfill never sends the null candidate that ends gathering, so simple-peer waits 5 s before every offer and every answer.
//    It is sent as soon as gathering is complete.
// 2. libdatachannel starts ICE with a remote description before it has stored that description. When the other side's checks are there
//    already, DTLS may get as far as the fingerprint before there is one to compare with, and the connection fails ("certificate
//    verify failed", then "Got a remote candidate without ICE transport"), the more often the busier the machine. So an answerer
//    keeps its checks back until the offerer can have the answer; the offerer's own checks make the connection before that.
import { RTCPeerConnection } from 'webrtc-polyfill'

const ANSWER_ARRIVES_MS = 1500
const { setLocalDescription, setRemoteDescription } = RTCPeerConnection.prototype

RTCPeerConnection.prototype.setLocalDescription = async function (...description) {
  const result = await setLocalDescription.apply(this, description)
  const finish = () => { try { this.onicecandidate?.({ candidate: null }) } catch { /* the connection is closed already */ } }
  const poll = n => { if (this.iceGatheringState === 'complete' || n > 900) finish(); else setTimeout(poll, 5, n + 1) }
  setTimeout(poll, 0, 0)
  return result
}

RTCPeerConnection.prototype.setRemoteDescription = async function ({ type, sdp }) {
  if (type !== 'offer') return setRemoteDescription.call(this, { type, sdp })
  const lines = sdp.split(/\r?\n/)
  const candidates = lines.filter(line => line.startsWith('a=candidate:')).map(line => line.slice('a='.length))
  const rest = lines.filter(line => !/^a=(candidate:|end-of-candidates)/.test(line)).join('\r\n')
  await setRemoteDescription.call(this, { type, sdp: rest })
  setTimeout(() => {
    for (const candidate of candidates) this.addIceCandidate({ candidate }).catch(() => { /* it is closed, or not an address */ })
  }, ANSWER_ARRIVES_MS).unref()
}
