package io.sluice.discovery;

import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.UdpTrackerCodec;
import io.sluice.wire.UdpTrackerMessage;
import io.sluice.wire.UdpTrackerMessage.AnnounceRequest;
import io.sluice.wire.UdpTrackerMessage.Announced;
import io.sluice.wire.UdpTrackerMessage.ConnectRequest;
import io.sluice.wire.UdpTrackerMessage.Connected;
import io.sluice.wire.UdpTrackerMessage.Request;
import io.sluice.wire.UdpTrackerMessage.ScrapeRequest;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A UDP tracker on a free port of the loopback interface that does what a test tells it to. */
final class FakeUdpTracker implements AutoCloseable {

  static final long CONNECTION = 0x1122334455667788L;

  /** Does something about a request. */
  @FunctionalInterface
  interface Handler {
    void handle(Request request, SocketAddress from) throws IOException;
  }

  final BlockingQueue<Request> heard = new LinkedBlockingQueue<>();
  volatile List<InetSocketAddress> peers = List.of();
  volatile Handler handler = this::usual;

  private final DatagramSocket socket;

  FakeUdpTracker() throws SocketException {
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual().start(this::serve);
  }

  private void serve() {
    byte[] buffer = new byte[2_048];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        Request request =
            UdpTrackerCodec.decodeRequest(ByteBuffer.wrap(buffer, 0, packet.getLength()));
        heard.add(request);
        handler.handle(request, packet.getSocketAddress());
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** What a tracker does. */
  void usual(Request request, SocketAddress from) throws IOException {
    switch (request) {
      case ConnectRequest(int transaction) -> say(new Connected(transaction, CONNECTION), from);
      case AnnounceRequest announce ->
          say(new Announced(announce.transactionId(), 120, 4, 3, peers), from);
      case ScrapeRequest(_, int transaction, _) ->
          say(new UdpTrackerMessage.Scraped(transaction, List.of(new Counts(8, 9, 0))), from);
    }
  }

  void say(UdpTrackerMessage message, SocketAddress to) throws IOException {
    send(UdpTrackerCodec.encode(message), to);
  }

  void send(byte[] datagram, SocketAddress to) throws IOException {
    socket.send(new DatagramPacket(datagram, datagram.length, to));
  }

  /** The next request of a kind; others are passed over. */
  <R extends Request> R next(Class<R> kind) throws InterruptedException {
    while (true) {
      Request next = heard.poll(30, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing was asked for 30 s");
      }
      if (kind.isInstance(next)) {
        return kind.cast(next);
      }
    }
  }

  URI uri() {
    return URI.create("udp://127.0.0.1:" + socket.getLocalPort() + "/announce");
  }

  @Override
  public void close() {
    socket.close();
  }
}
