// An HTTP tracker (BEP 3, 23) that tells everybody of the same peers, whatever they ask for: for clients that cannot be told of one.
//   node given-peers.mjs --peer HOST:PORT[,HOST:PORT…] [--host 127.0.0.1]
// Ready line: http, the announce URL.
import http from 'node:http'
import { args, endWithParent, say } from './lib.mjs'

const a = args({ peer: '', host: '127.0.0.1' })
const compact = Buffer.concat(a.peer.split(',').map(peer => {
  const [host, port] = peer.split(':')
  return Buffer.from([...host.split('.').map(Number), port >> 8, port & 255])
}))
const answer = Buffer.concat([Buffer.from(`d8:intervali60e5:peers${compact.length}:`), compact, Buffer.from('e')])
const server = http.createServer((request, response) => response.writeHead(200, { 'content-type': 'text/plain', 'content-length': answer.length }).end(answer))
server.listen(0, a.host, () => say({ ready: true, http: `http://${a.host}:${server.address().port}/announce` }))
endWithParent(() => server.close())
