package io.sluice.transport.tcp;

import io.sluice.wire.Handshake;
import io.sluice.wire.HandshakeCodec;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A peer that says exactly what the test wants. */
final class RawPeer implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 10_000;

  final Socket socket;

  RawPeer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
  }

  static RawPeer to(InetSocketAddress address) throws IOException {
    return from(InetAddress.getLoopbackAddress(), address);
  }

  /** From another address of loopback, such as 127.0.0.2. */
  static RawPeer from(InetAddress own, InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    try {
      socket.bind(new InetSocketAddress(own, 0));
      socket.connect(address, PATIENCE_MILLIS);
      return new RawPeer(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  static byte[] handshake(InfoHash torrent) {
    return handshake(torrent, id("-RW0001-abcdefghijkl"));
  }

  static byte[] handshake(InfoHash torrent, PeerId self) {
    byte[] bytes = new byte[Handshake.BYTES];
    HandshakeCodec.encode(new Handshake(torrent, self, true, true, false)).get(bytes);
    return bytes;
  }

  static PeerId id(String text) {
    return PeerId.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  void say(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  byte[] hear(int bytes) throws IOException {
    return socket.getInputStream().readNBytes(bytes);
  }

  /** Waits for the other side to close, whatever it says before that. */
  boolean isClosedByPeer() throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {
        // Not interested.
      }
      return true;
    } catch (java.net.SocketTimeoutException stillOpen) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
