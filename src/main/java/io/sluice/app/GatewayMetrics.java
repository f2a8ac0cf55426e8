package io.sluice.app;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
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
    gauge("sluice.peers.webrtc", "Connected WebRTC peers", sum(SwarmStatus::webrtcPeers));
    gauge("sluice.peers.tcp", "Connected TCP peers", sum(SwarmStatus::tcpPeers));
    gauge("sluice.dht.nodes", "DHT nodes that answer us", () -> gateway.dht().goodNodes());
    gauge("sluice.dht.searches", "Torrents looked up in the DHT", () -> gateway.dht().searches());
    gauge("sluice.readers", "Players being served", sum(SwarmStatus::readers));
    gauge("sluice.downloaded.bytes", "Blocks received", sum(SwarmStatus::downloaded));
    gauge("sluice.uploaded.bytes", "Blocks sent to peers", sum(SwarmStatus::uploaded));
    gauge("sluice.wasted.bytes", "Blocks received in vain", sum(SwarmStatus::wasted));
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
