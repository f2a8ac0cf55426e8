package io.sluice.app;

import io.sluice.discovery.AddressPolicy;
import io.sluice.http.LibraryListener;
import io.sluice.http.TorrentFetcher;
import io.sluice.library.Library;
import io.sluice.wire.InfoHash;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** What this gateway has to do with strangers and with other gateways, put together. */
@Singleton
public final class Outside {

  private static final Logger LOG = Logger.getLogger(Outside.class);

  private static final Duration SWEEP = Duration.ofMinutes(1);

  private final CheckedFetch fetch;
  private final TorrentDownloads downloads;
  private final OpenTorrents openTorrents;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sluice-outside").daemon().factory());

  @Inject
  Outside(
      SluiceConfig config, ListenAddress address, Gateway gateway, Library library, Vertx vertx) {
    fetch = new CheckedFetch(vertx, AddressPolicy.of(Gateway.allowsPrivate(config, address)));
    downloads = new TorrentDownloads(fetch);
    openTorrents =
        new OpenTorrents(
            library,
            gateway.data().resolve("open-torrents"),
            config.openLimits().unused(),
            Clock.systemUTC());
    every(SWEEP, openTorrents::sweep);
  }

  private void every(Duration period, Runnable task) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException defect) {
                LOG.error("Housekeeping failed", defect);
              }
            },
            period.toMillis(),
            period.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Produces
  @Singleton
  TorrentFetcher downloads() {
    return downloads;
  }

  @Produces
  @Singleton
  LibraryListener listener() {
    return new LibraryListener() {
      @Override
      public void claimed(InfoHash infoHash) {
        openTorrents.claimed(infoHash);
      }

      @Override
      public void removed(InfoHash infoHash) {
        openTorrents.removed(infoHash);
      }
    };
  }

  TorrentDownloads torrents() {
    return downloads;
  }

  /** Torrents that are here for whoever asked. */
  OpenTorrents openTorrents() {
    return openTorrents;
  }

  @PreDestroy
  void close() {
    timer.shutdownNow();
    fetch.close();
  }
}
