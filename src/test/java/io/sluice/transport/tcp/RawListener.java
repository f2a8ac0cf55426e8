package io.sluice.transport.tcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Accepts connections and does with each what the test wants, on a thread of its own. */
final class RawListener implements AutoCloseable {

  /** What becomes of a connection; it is closed when this returns or throws. */
  @FunctionalInterface
  interface Behaviour {
    void meet(RawPeer peer) throws IOException, InterruptedException;
  }

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Behaviour behaviour;
  private final AtomicInteger accepted = new AtomicInteger();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  RawListener(Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    threads.add(Thread.ofVirtual().start(this::accept));
  }

  /** Says nothing, and goes on to say nothing. */
  static RawListener silent() throws IOException {
    return new RawListener(_ -> Thread.sleep(60_000));
  }

  /** Hangs up on everybody. */
  static RawListener closing() throws IOException {
    return new RawListener(_ -> {});
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  int accepted() {
    return accepted.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        threads.add(Thread.ofVirtual().start(() -> meet(socket)));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void meet(Socket socket) {
    try (RawPeer peer = new RawPeer(socket)) {
      behaviour.meet(peer);
    } catch (IOException | InterruptedException gone) {
      // So is the peer.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.forEach(Thread::interrupt);
  }
}
