package io.sluice.discovery;

import io.sluice.wire.AddressReply.Announced;
import io.sluice.wire.AddressReply.Peer;
import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.UdpTrackerMessage;
import io.sluice.wire.UdpTrackerMessage.AnnounceRequest;
import io.sluice.wire.UdpTrackerMessage.ScrapeRequest;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** A tracker over UDP (BEP 15). Confined to the event loop. */
record UdpTracker(TrackerUrl.Udp url, UdpAsker asker) implements TrackerDialect {

  @Override
  public String host() {
    return url.host();
  }

  @Override
  public int port() {
    return url.port();
  }

  @Override
  public CompletableFuture<Announced> announce(
      Announce announce, int key, int listens, InetSocketAddress address) {
    return asker
        .ask(
            address,
            UdpTrackerMessage.Announced.class,
            (connection, transaction) ->
                new AnnounceRequest(connection, transaction, announce, key, listens, url.urlData()))
        .thenApply(UdpTracker::announced);
  }

  private static Announced announced(UdpTrackerMessage.Announced reply) {
    return new Announced(
        OptionalInt.of(reply.intervalSeconds()),
        OptionalInt.empty(),
        OptionalInt.of(reply.seeders()),
        OptionalInt.of(reply.leechers()),
        reply.peers().stream().map(address -> new Peer(Optional.empty(), address)).toList(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Override
  public Optional<CompletableFuture<Counts>> scrape(InfoHash infoHash, InetSocketAddress address) {
    return Optional.of(
        asker
            .ask(
                address,
                UdpTrackerMessage.Scraped.class,
                (connection, transaction) ->
                    new ScrapeRequest(connection, transaction, List.of(infoHash)))
            .thenCompose(
                reply ->
                    reply.counts().isEmpty()
                        ? CompletableFuture.failedFuture(
                            new TrackerProblem("the tracker has no counts"))
                        : CompletableFuture.completedFuture(reply.counts().getFirst())));
  }
}
