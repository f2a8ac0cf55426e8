package io.sluice.discovery;

import io.sluice.wire.AddressReply.Announced;
import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Counts;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * How a tracker that lists addresses is spoken to.
 *
 * <p>Confined to the event loop, where futures complete as well: always, within the limits of the
 * exchange, and exceptionally with nothing but a {@link TrackerProblem}.
 */
interface TrackerDialect {

  String host();

  int port();

  /**
   * Announces.
   *
   * @param key the same for all announces of a torrent
   * @param listens the port where we listen
   * @param address one of the tracker's
   */
  CompletableFuture<Announced> announce(
      Announce announce, int key, int listens, InetSocketAddress address);

  /** Asks for counts; empty when this tracker has no way to be asked. */
  Optional<CompletableFuture<Counts>> scrape(InfoHash infoHash, InetSocketAddress address);
}
