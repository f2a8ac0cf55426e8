// Delay for TCP and UDP, where the kernel has no netem: a relay that hands on what it gets so many milliseconds later, each way and in order.
import dgram from 'node:dgram'
import net from 'node:net'

/** What is written to `sink` comes `ms` later, as it was. */
function delayed (source, sink, ms) {
  const later = act => setTimeout(act, ms)
  source.on('data', data => later(() => { if (!sink.destroyed) sink.write(data) }))
  source.on('end', () => later(() => sink.end()))
  source.on('error', () => later(() => sink.destroy()))
  source.on('close', () => later(() => sink.destroy()))
}

/** Listens on a free port and hands on to one address; `from` is the address that the other side sees. Answers { port, close }. */
export function tcpRelay ({ host = '127.0.0.1', port, ms, from }) {
  const sockets = new Set()
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, near => {
    const far = net.connect({ host, port, localAddress: from, noDelay: true, allowHalfOpen: true })
    for (const socket of [near, far]) { sockets.add(socket); socket.on('close', () => sockets.delete(socket)) }
    delayed(near, far, ms)
    delayed(far, near, ms)
  })
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve({
    port: server.address().port,
    close: () => { for (const socket of sockets) socket.destroy(); server.close() }
  })))
}

/** The same for datagrams; each sender has a socket of its own towards the other side. */
export function udpRelay ({ host = '127.0.0.1', port, ms }) {
  const near = dgram.createSocket('udp4')
  const senders = new Map()
  near.on('message', (data, sender) => {
    const key = `${sender.address}:${sender.port}`
    let far = senders.get(key)
    if (!far) {
      far = dgram.createSocket('udp4')
      far.on('message', back => setTimeout(() => near.send(back, sender.port, sender.address), ms))
      senders.set(key, far)
    }
    setTimeout(() => far.send(data, port, host), ms)
  })
  return new Promise(resolve => near.bind(0, '127.0.0.1', () => resolve({
    port: near.address().port,
    close: () => { near.close(); for (const far of senders.values()) far.close() }
  })))
}
