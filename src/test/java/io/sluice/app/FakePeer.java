package io.sluice.app;

import io.sluice.transport.PeerLink;
import io.sluice.wire.Handshake;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Random;

/** A link over which nothing is said. */
final class FakePeer implements PeerLink {

  private final InetSocketAddress address;
  private final boolean initiatedHere;
  volatile Optional<String> closedFor = Optional.empty();

  FakePeer(InetSocketAddress address, boolean initiatedHere) {
    this.address = address;
    this.initiatedHere = initiatedHere;
  }

  @Override
  public Kind kind() {
    return Kind.TCP;
  }

  @Override
  public Handshake remote() {
    return new Handshake(
        InfoHash.parse("ab".repeat(20)), PeerId.random(new Random(1)), true, true, false);
  }

  @Override
  public boolean initiatedHere() {
    return initiatedHere;
  }

  @Override
  public String address() {
    return address.toString();
  }

  @Override
  public Optional<InetSocketAddress> remoteAddress() {
    return Optional.of(address);
  }

  @Override
  public void start(Listener listener) {}

  @Override
  public boolean send(PeerMessage message) {
    return closedFor.isEmpty();
  }

  @Override
  public long queuedBytes() {
    return 0;
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public void close(String reason) {
    closedFor = Optional.of(reason);
  }
}
