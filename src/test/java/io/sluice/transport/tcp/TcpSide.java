package io.sluice.transport.tcp;

import static java.util.Objects.requireNonNull;

import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A transport on loopback that has one torrent and keeps the links it gets. */
final class TcpSide implements AutoCloseable {

  static final InfoHash TORRENT = InfoHash.parse("0123456789abcdef0123456789abcdef01234567");
  static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Random IDS = new Random(7);

  final TcpTransport transport;
  final PeerId self;
  private final BlockingQueue<TcpLink> links = new LinkedBlockingQueue<>();

  private TcpSide(TcpSettings settings, PeerId self) throws IOException {
    this.self = self;
    transport = TcpTransport.open(settings);
    transport.register(new TcpEndpoint(TORRENT, self, false, links::add));
  }

  static TcpSide open(TcpSettings settings) throws IOException {
    return new TcpSide(settings, PeerId.random(IDS));
  }

  static TcpSide open(TcpEncryption encryption) throws IOException {
    return open(TcpSettings.listeningOn(LOOPBACK).withEncryption(encryption));
  }

  static TcpSide open() throws IOException {
    return open(TcpEncryption.PREFER);
  }

  InetSocketAddress address() {
    return transport.listenAddresses().getFirst();
  }

  DialOutcome dial(InetSocketAddress to) throws Exception {
    return transport.dial(TORRENT, to).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The next link that came about, whoever began it. */
  TcpLink nextLink() throws InterruptedException {
    return requireNonNull(
        links.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS), "no link came about");
  }

  boolean hasLink() {
    return !links.isEmpty();
  }

  /** Both ends of a connection that {@code dialler} made to {@code acceptor}. */
  record Pair(TcpLink dialler, TcpLink acceptor) {}

  static Pair join(TcpSide dialler, InetSocketAddress to, TcpSide acceptor) throws Exception {
    DialOutcome outcome = dialler.dial(to);
    if (!(outcome instanceof DialOutcome.Connected(TcpLink link))) {
      throw new AssertionError("not connected: " + outcome);
    }
    if (!dialler.nextLink().equals(link)) {
      throw new AssertionError("another link was delivered");
    }
    return new Pair(link, acceptor.nextLink());
  }

  static Pair join(TcpSide dialler, TcpSide acceptor) throws Exception {
    return join(dialler, acceptor.address(), acceptor);
  }

  @Override
  public void close() {
    transport.close();
  }
}
