package io.sluice.app;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.quarkus.vertx.http.HttpServerStart;
import io.sluice.embed.EmbedPage;
import io.sluice.embed.WebClient;
import io.sluice.http.Admission;
import io.sluice.http.AdmissionGate;
import io.sluice.http.Links;
import io.sluice.http.OpenLimits;
import io.sluice.http.StreamPolicy;
import io.sluice.http.StreamRoute;
import io.sluice.http.TorrentFileRoute;
import io.sluice.http.VisitorLimits;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.TorrentSource;
import io.sluice.swarm.Swarm;
import io.sluice.tracker.TrackedTorrents;
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
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/** The routes that are Vert.x' own: file bytes, the tracker, the frame's page. */
@ApplicationScoped
public class Routes implements HttpServerOptionsCustomizer {

  private static final Logger LOG = Logger.getLogger(Routes.class);

  private final SluiceConfig config;
  private final Library library;
  private final Links links;
  private final Gateway gateway;
  private final ListenAddress address;
  private final Admission admission;
  private final Outside outside;
  private final Optional<Tracker> tracker;

  @Inject
  Routes(
      SluiceConfig config,
      Library library,
      Links links,
      Gateway gateway,
      ListenAddress address,
      Admission admission,
      Outside outside,
      Vertx vertx) {
    this.outside = outside;
    this.admission = admission;
    this.gateway = gateway;
    this.address = address;
    this.config = config;
    this.library = library;
    this.links = links;
    tracker =
        config.tracker().enabled()
            ? Optional.of(new Tracker(vertx, limits(config), new Tracked()))
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
    new AdmissionGate(admission).mount(router);
    StreamPolicy policy = streamPolicy();
    Optional<OpenLimits> open = config.open() ? Optional.of(openLimits()) : Optional.empty();
    open.ifPresent(limits -> limits.mount(router));
    new StreamRoute(this::find, policy).mount(router);
    StreamRoute.forWebSeedClients(this::find, policy).mount(router);
    new TorrentFileRoute(library, links).mount(router);
    new EmbedPage(open.map(this::audience)).mount(router);
    WebClient.mount(router);
    router.route("/announce").handler(this::announce);
    tracker.ifPresent(
        ours -> {
          router.get("/announce").handler(context -> ours.announce(context.request()));
          router.get("/scrape").handler(context -> ours.scrape(context.request()));
          router.get("/stats").handler(context -> ours.stats(context.request(), false));
          router.get("/stats.json").handler(context -> ours.stats(context.request(), true));
        });
  }

  private OpenLimits openLimits() {
    SluiceConfig.OpenLimitsSection limits = config.openLimits();
    return new OpenLimits(
        new VisitorLimits(limits.newTorrents(), limits.streams()),
        library::contains,
        System::nanoTime);
  }

  /** A torrent whose page is asked for is looked for at once, beside the page's own requests. */
  private EmbedPage.Audience audience(OpenLimits limits) {
    return (magnet, visitor) -> {
      if (limits.allowsTorrent(magnet.infoHash(), visitor)) {
        Thread.startVirtualThread(() -> outside.openTorrents().find(TorrentSource.of(magnet)));
      }
    };
  }

  /** Where only local callers are served, no cache in between is to serve others. */
  private StreamPolicy streamPolicy() {
    StreamPolicy usual = StreamPolicy.of(config.stream().firstByte(), config.stream().stall());
    return admission.exposure() == Admission.Exposure.LOCAL ? usual.forOneClient() : usual;
  }

  /** Our own tracker, where torrents are announced, has a port only now. */
  void beginLibrary(@ObservesAsync HttpServerStart started) {
    library.begin();
  }

  /** The port is known only now. */
  void listenUdp(@ObservesAsync HttpServerStart started) {
    if (tracker.isEmpty() || !config.tracker().udp()) {
      return;
    }
    try {
      int port = address.localUrl().getPort();
      tracker.get().listenUdp(new InetSocketAddress(InetAddress.getByName(config.host()), port));
      gateway.udpTrackerListens();
    } catch (IOException taken) {
      LOG.warnf("The tracker does not answer over UDP: %s", taken.getMessage());
    }
  }

  private void announce(RoutingContext context) {
    if (tracker.isEmpty() || !tracker.get().upgrade(context.request())) {
      context.next();
    }
  }

  private static TrackerLimits limits(SluiceConfig config) {
    return TrackerLimits.DEFAULT.perAddress(
        config.tracker().maxSocketsPerAddress(), config.tracker().maxRequestsPerAddress());
  }

  private final class Tracked implements TrackedTorrents {
    @Override
    public boolean tracked(InfoHash infoHash) {
      return config.tracker().open() || library.contains(infoHash);
    }

    @Override
    public int peerPort(InfoHash infoHash) {
      return gateway.trackedPeerPort(infoHash);
    }
  }

  private CompletionStage<Optional<Swarm>> find(InfoHash infoHash) {
    Optional<KnownTorrent> torrent =
        config.open() ? outside.openTorrents().find(infoHash) : library.find(infoHash);
    return torrent
        .<CompletionStage<Optional<Swarm>>>map(found -> found.use().thenApply(Optional::of))
        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
  }

  @PreDestroy
  void close() {
    tracker.ifPresent(Tracker::close);
  }
}
