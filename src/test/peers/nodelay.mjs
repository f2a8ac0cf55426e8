// Preload (node --import ./nodelay.mjs …): TCP_NODELAY on every outgoing connection. webtorrent leaves Nagle's algorithm on, which together
// with delayed acknowledgements costs a small seek over TCP some 40 ms; with this one sees how much of a figure that is.
import net from 'node:net'

const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (...options) {
  this.setNoDelay(true)
  return connect.apply(this, options)
}
