package io.sluice.discovery.dht;

import io.sluice.discovery.PeerSink;
import io.sluice.wire.DhtCodec;
import io.sluice.wire.DhtMessage;
import io.sluice.wire.InfoHash;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One core under a clock that a test moves, and everything that it did. */
final class CoreDriver {

  record Sent(InetSocketAddress to, DhtMessage message, int bytes) {}

  final DhtCore core;
  final List<Sent> sent = new ArrayList<>();
  final List<InetSocketAddress> found = new ArrayList<>();
  int resolves;

  /** Wraps around during the tests, as a monotonic clock may. */
  long now = Long.MAX_VALUE - 2 * Nodes.MINUTE;

  CoreDriver(DhtSettings settings) {
    this.core = new DhtCore(settings, EnumSet.allOf(AddressFamily.class), new Random(11), now);
  }

  static DhtSettings settings() {
    return DhtSettings.on(Nodes.at("0.0.0.0"));
  }

  void perform(List<DhtEffect> effects) {
    for (DhtEffect effect : effects) {
      switch (effect) {
        case DhtEffect.Send(InetSocketAddress to, ByteBuffer packet) -> {
          int bytes = packet.remaining();
          sent.add(new Sent(to, DhtCodec.decode(packet), bytes));
        }
        case DhtEffect.Found(_, List<InetSocketAddress> peers) -> found.addAll(peers);
        case DhtEffect.Resolve() -> resolves++;
      }
    }
  }

  /** Lets time pass in steps of the length that the core asks for. */
  void pass(long nanos) {
    long end = now + nanos;
    while (now - end < 0) {
      now += Math.min(core.pauseNanos(), end - now);
      perform(core.tick(now));
    }
  }

  /** Opens a search. */
  SearchTask search(InfoHash infoHash, int announcedPort) {
    SearchTask task = new SearchTask(infoHash, announcedPort, PeerSink.NONE);
    core.open(task);
    return task;
  }

  void receive(InetSocketAddress from, DhtMessage message) {
    receive(from, DhtCodec.encode(message));
  }

  void receive(InetSocketAddress from, ByteBuffer packet) {
    perform(core.receive(from, packet, now));
  }

  /** What the core answers to a query; it must. */
  DhtMessage ask(InetSocketAddress from, DhtMessage.Query query) {
    return Objects.requireNonNull(tryAsk(from, query), "no answer");
  }

  /** What the core answers to a query; null when it does not. */
  @Nullable DhtMessage tryAsk(InetSocketAddress from, DhtMessage.Query query) {
    List<Sent> before = List.copyOf(sent);
    receive(from, query);
    return sent.stream()
        .skip(before.size())
        .filter(s -> s.to().equals(from) && !(s.message() instanceof DhtMessage.Query))
        .map(Sent::message)
        .findFirst()
        .orElse(null);
  }

  /** Takes out the queries that the core has sent. */
  List<Sent> takeQueries() {
    List<Sent> queries =
        sent.stream().filter(s -> s.message() instanceof DhtMessage.Query).toList();
    sent.removeAll(queries);
    return queries;
  }
}
