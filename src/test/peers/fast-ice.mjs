// Preload (node --import ./fast-ice.mjs …): lets webtorrent's WebRTC in Node connect at once.
// webrtc-polyfill never sends the null candidate that ends gathering, so simple-peer waits 5 s before every offer and every
// answer. This sends it as soon as gathering is complete. Browsers do so by themselves; what is transferred is the same.
import { RTCPeerConnection } from 'webrtc-polyfill'

const original = RTCPeerConnection.prototype.setLocalDescription
RTCPeerConnection.prototype.setLocalDescription = async function (...description) {
  const result = await original.apply(this, description)
  const finish = () => { try { this.onicecandidate?.({ candidate: null }) } catch { /* the connection is closed already */ } }
  const poll = n => { if (this.iceGatheringState === 'complete' || n > 200) finish(); else setTimeout(poll, 5, n + 1) }
  setTimeout(poll, 0, 0)
  return result
}
