package io.sluice.app;

import io.quarkus.vertx.http.HttpServerStart;
import io.sluice.discovery.AddressPolicy;
import io.sluice.http.LibraryListener;
import io.sluice.http.Mirrors;
import io.sluice.http.TorrentFetcher;
import io.sluice.library.Library;
import io.sluice.library.MirrorPlan;
import io.sluice.metainfo.Magnet;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** What this gateway has to do with strangers and with other gateways, put together. */
@Singleton
public final class Outside {

  private static final Logger LOG = Logger.getLogger(Outside.class);

  private static final Duration SWEEP = Duration.ofMinutes(1);
  private static final Duration TURN = Duration.ofSeconds(1);

  private final CheckedFetch fetch;
  private final TorrentDownloads downloads;
  private final ExactSources exactSources;
  private final OpenTorrents openTorrents;
  private final boolean publishes;
  private final MirroredTorrents mirrored;
  private final MirrorFollower follower;
  private final KnownMirrors known;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sluice-outside").daemon().factory());

  @Inject
  Outside(
      SluiceConfig config, ListenAddress address, Gateway gateway, Library library, Vertx vertx) {
    fetch = new CheckedFetch(vertx, AddressPolicy.of(Gateway.allowsPrivate(config, address)));
    downloads = new TorrentDownloads(fetch);
    exactSources = new ExactSources(downloads, library);
    openTorrents =
        new OpenTorrents(
            library,
            gateway.data().resolve("open-torrents"),
            config.openLimits().unused(),
            Clock.systemUTC());
    every(SWEEP, openTorrents::sweep);
    publishes = config.feed().enabled();
    mirrored = new MirroredTorrents(gateway.data().resolve("mirrored.json"));
    follower = follower(config.mirror(), config.maxTorrents(), address, library);
    known = known(config.mirror(), gateway, library);
  }

  private MirrorFollower follower(
      SluiceConfig.MirrorSection mirror, int maxTorrents, ListenAddress address, Library library) {
    return new MirrorFollower(
        mirror.from().orElse(List.of()),
        fetch,
        downloads,
        library,
        mirrored,
        new MirrorPlan.Rules(
            mirror.strategy(),
            mirror.size().asLongValue(),
            maxTorrents,
            mirror.minAge(),
            mirror.grace()),
        mirror.interval(),
        address::publicUrl,
        Clock.systemUTC());
  }

  private KnownMirrors known(SluiceConfig.MirrorSection mirror, Gateway gateway, Library library) {
    return new KnownMirrors(
        mirror.accept().orElse(List.of()),
        new FeedReader(fetch),
        new MirrorProof(fetch, new SecureRandom()),
        new KnownMirrors.Ours() {
          @Override
          public boolean has(InfoHash infoHash) {
            return library.contains(infoHash);
          }

          @Override
          public Optional<TorrentInfo> info(InfoHash infoHash) {
            return library.find(infoHash).flatMap(torrent -> torrent.swarm().info());
          }
        },
        gateway.mirrors(),
        mirror.check(),
        Clock.systemUTC());
  }

  /** Our own URL is known only now. */
  void begin(@ObservesAsync HttpServerStart started) {
    begin("sluice-follower", follower::turn);
    begin("sluice-mirrors", known::turn);
  }

  /** What waits for the network. */
  @FunctionalInterface
  private interface Turn {
    void take() throws InterruptedException;
  }

  private void begin(String name, Turn turn) {
    threads.add(
        Thread.ofVirtual()
            .name(name)
            .start(
                () -> {
                  try {
                    while (!Thread.currentThread().isInterrupted()) {
                      take(turn);
                      Thread.sleep(TURN);
                    }
                  } catch (InterruptedException stop) {
                    LOG.debugf("%s ends", name);
                  }
                }));
  }

  private static void take(Turn turn) throws InterruptedException {
    try {
      turn.take();
    } catch (RuntimeException defect) {
      LOG.error("Mirroring failed", defect);
    }
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
    return new TorrentFetcher() {
      @Override
      public Metainfo fetch(URI url) {
        return downloads.fetch(url);
      }

      @Override
      public void seek(Magnet magnet) {
        exactSources.seek(magnet);
      }
    };
  }

  @Produces
  @Singleton
  LibraryListener listener() {
    return new LibraryListener() {
      @Override
      public void claimed(InfoHash infoHash) {
        openTorrents.claimed(infoHash);
        mirrored.claim(infoHash);
      }

      @Override
      public void removed(InfoHash infoHash) {
        openTorrents.removed(infoHash);
        mirrored.decline(infoHash);
      }
    };
  }

  @Produces
  @Singleton
  Mirrors mirrors() {
    return new Mirrors() {
      @Override
      public boolean publishes() {
        return publishes;
      }

      @Override
      public Optional<URI> mirroredFrom(InfoHash infoHash) {
        return mirrored.find(infoHash).map(MirroredTorrents.Mirrored::from);
      }

      @Override
      public boolean isPassing(InfoHash infoHash) {
        return openTorrents.contains(infoHash);
      }

      @Override
      public boolean offered(URI url) {
        return known.offered(url);
      }

      @Override
      public List<Followed> followed() {
        return follower.followed();
      }

      @Override
      public List<Known> known() {
        return known.known();
      }
    };
  }

  TorrentDownloads torrents() {
    return downloads;
  }

  ExactSources exactSources() {
    return exactSources;
  }

  /** Torrents that are here for whoever asked. */
  OpenTorrents openTorrents() {
    return openTorrents;
  }

  @PreDestroy
  void close() {
    timer.shutdownNow();
    threads.forEach(Thread::interrupt);
    fetch.close();
  }
}
