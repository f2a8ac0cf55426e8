package io.sluice.app;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.sluice.embed.EmbedPage;
import io.sluice.http.Links;
import io.sluice.http.StreamPolicy;
import io.sluice.http.StreamRoute;
import io.sluice.http.TorrentFileRoute;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.TorrentSource;
import io.sluice.swarm.Swarm;
import io.sluice.tracker.Tracker;
import io.sluice.tracker.TrackerLimits;
import io.sluice.wire.InfoHash;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The routes that are Vert.x' own: file bytes, the tracker, the frame's page. */
@ApplicationScoped
public class Routes implements HttpServerOptionsCustomizer {

  private final SluiceConfig config;
  private final Library library;
  private final Links links;
  private final Optional<Tracker> tracker;

  @Inject
  Routes(SluiceConfig config, Library library, Links links, Vertx vertx) {
    this.config = config;
    this.library = library;
    this.links = links;
    tracker =
        config.tracker().enabled()
            ? Optional.of(new Tracker(vertx, TrackerLimits.DEFAULT, this::isTracked))
            : Optional.empty();
  }

  @Override
  public void customizeHttpServer(HttpServerOptions options) {
    Tracker.configure(options, TrackerLimits.DEFAULT);
  }

  @Override
  public void customizeHttpsServer(HttpServerOptions options) {
    Tracker.configure(options, TrackerLimits.DEFAULT);
  }

  void mount(@Observes Router router) {
    StreamPolicy policy = StreamPolicy.of(config.stream().firstByte(), config.stream().stall());
    new StreamRoute(this::find, policy).mount(router);
    StreamRoute.forWebSeedClients(this::find, policy).mount(router);
    new TorrentFileRoute(library, links).mount(router);
    new EmbedPage().mount(router);
    router.route("/announce").handler(this::announce);
  }

  private void announce(RoutingContext context) {
    if (tracker.isEmpty() || !tracker.get().upgrade(context.request())) {
      context.next();
    }
  }

  private boolean isTracked(InfoHash infoHash) {
    return config.tracker().open() || library.contains(infoHash);
  }

  private CompletionStage<Optional<Swarm>> find(InfoHash infoHash) {
    Optional<KnownTorrent> torrent = library.find(infoHash);
    if (torrent.isEmpty() && config.open()) {
      torrent = Optional.of(library.add(TorrentSource.of(infoHash)).torrent());
    }
    return CompletableFuture.completedFuture(torrent.map(KnownTorrent::swarm));
  }

  @PreDestroy
  void close() {
    tracker.ifPresent(Tracker::close);
  }
}
