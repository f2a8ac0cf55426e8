package io.sluice.app;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.cache.DiskTier;
import io.sluice.cache.PieceStore;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.swarm.SwarmStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** What operators plot; read when they are asked for and never on the way of a byte. */
@ApplicationScoped
public class GatewayMetrics {

  @Inject MeterRegistry registry;
  @Inject Gateway gateway;
  @Inject Library library;
  @Inject PieceStore pieces;

  void register(@Observes io.quarkus.runtime.StartupEvent started) {
    gauge("sluice.torrents", "Torrents that the gateway knows", library::size);
    gauge("sluice.cache.bytes", "Verified pieces in memory", pieces::memoryBytes);
    gauge("sluice.cache.limit.bytes", "Bound of the pieces in memory", pieces::memoryLimitBytes);
    gauge("sluice.disk.bytes", "Verified pieces on disk", onDisk(DiskTier::bytes));
    gauge(
        "sluice.disk.pinned.bytes",
        "Those of torrents that are kept",
        onDisk(DiskTier::pinnedBytes));
    gauge("sluice.disk.limit.bytes", "Bound of pieces on disk", onDisk(DiskTier::limitBytes));
    gauge("sluice.disk.reads", "Pieces read from disk", onDisk(disk -> disk.stats().reads()));
    gauge("sluice.disk.writes", "Pieces written to disk", onDisk(disk -> disk.stats().writes()));
    gauge(
        "sluice.disk.evicted",
        "Pieces that left the disk for want of room",
        onDisk(disk -> disk.stats().evicted()));
    gauge(
        "sluice.disk.wrong",
        "Pieces on disk that were damaged, and deleted",
        onDisk(disk -> disk.stats().wrong()));
    gauge(
        "sluice.disk.problem",
        "1 while the disk tier cannot write",
        onDisk(disk -> disk.problem().isPresent() ? 1 : 0));
    gauge("sluice.peers.webrtc", "Connected WebRTC peers", sum(SwarmStatus::webrtcPeers));
    gauge("sluice.peers.tcp", "Connected TCP peers", sum(SwarmStatus::tcpPeers));
    gauge("sluice.dht.nodes", "DHT nodes that answer us", () -> gateway.dht().goodNodes());
    gauge("sluice.dht.searches", "Torrents looked up in the DHT", () -> gateway.dht().searches());
    gauge("sluice.readers", "Players being served", sum(SwarmStatus::readers));
    gauge("sluice.downloaded.bytes", "Blocks received", sum(SwarmStatus::downloaded));
    gauge("sluice.uploaded.bytes", "Blocks sent to peers", sum(SwarmStatus::uploaded));
    gauge("sluice.wasted.bytes", "Blocks received in vain", sum(SwarmStatus::wasted));
  }

  private Supplier<Number> onDisk(ToLongFunction<DiskTier> part) {
    return () -> gateway.disk().map(part::applyAsLong).orElse(0L);
  }

  private Supplier<Number> sum(ToLongFunction<SwarmStatus> part) {
    return () ->
        library.list().stream()
            .map(KnownTorrent::swarm)
            .mapToLong(s -> part.applyAsLong(s.status()))
            .sum();
  }

  private void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }
}
