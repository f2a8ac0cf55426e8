// bittorrent-tracker's own client goes through a peer's life at one tracker: started, update, scrape, completed, stopped.
//   node tracker-client.mjs --tracker URL --torrent INFOHASH [--port 6881]
// Last line: {"done":true, steps: [{step, complete, incomplete, peers}], problems}
import Client from 'bittorrent-tracker'
import wrtc from 'webrtc-polyfill'
import { randomBytes } from 'node:crypto'
import { args, endWithParent, fail, say } from './lib.mjs'

const a = args({ tracker: '', torrent: '', port: 6881, timeout: 40 })
const problems = []
const peers = []
let left = 1000
const client = new Client({
  infoHash: a.torrent, peerId: Buffer.concat([Buffer.from('-WW0300-'), randomBytes(12)]), announce: [a.tracker], port: a.port,
  wrtc, rtcConfig: { iceServers: [] }, getAnnounceOpts: () => ({ uploaded: 0, downloaded: 1000 - left, left, numwant: 50 })
})
client.on('error', e => fail(`client: ${e.message}`))
client.on('warning', e => problems.push(String(e.message ?? e)))
client.on('peer', peer => { if (typeof peer === 'string') peers.push(peer); else peer.destroy() })
setTimeout(() => fail(`not through after ${a.timeout} s`, { problems }), a.timeout * 1000).unref()
endWithParent(() => client.destroy())

const steps = []
async function step (name, event, act) {
  const heard = new Promise(resolve => client.once(event, resolve))
  act()
  const data = await heard
  steps.push({ step: name, complete: data.complete, incomplete: data.incomplete, downloaded: data.downloaded ?? null, peers: [...peers] })
}
say({ ready: true })
await step('started', 'update', () => client.start())
await step('update', 'update', () => client.update())
await step('scrape', 'scrape', () => client.scrape())
left = 0
await step('completed', 'update', () => client.complete())
await step('scrape again', 'scrape', () => client.scrape())
await step('stopped', 'update', () => client.stop())
say({ done: true, steps, problems })
client.destroy(() => process.exit(0))
setTimeout(() => process.exit(0), 2000).unref()
