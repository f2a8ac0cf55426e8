package io.sluice.app;

import io.sluice.discovery.AnnounceStats;
import io.sluice.discovery.FoundBy;
import io.sluice.discovery.OfferSource;
import io.sluice.discovery.TrackerAnnouncement;
import io.sluice.discovery.TrackerClients;
import io.sluice.library.SwarmOpener;
import io.sluice.library.TorrentSource;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.SwarmEnvironment;
import io.sluice.swarm.SwarmListener;
import io.sluice.swarm.SwarmSession;
import io.sluice.swarm.SwarmStatus;
import io.sluice.transport.webrtc.WebrtcEndpoint;
import io.sluice.transport.webrtc.WebrtcTransport;
import io.sluice.wire.PeerId;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Opens swarms and brings them peers: announces each torrent, and hands the links that come of it
 * to its session.
 *
 * <p>Safe for any thread.
 */
final class PeeredSwarms implements SwarmOpener {

  private final SwarmEnvironment environment;
  private final PeerId self;
  private final Optional<WebrtcTransport> webrtc;
  private final TcpPeers tcp;
  private final DhtPeers dht;
  private final TrackerClients trackers;
  private final Supplier<List<URI>> ourTrackers;
  private final Optional<WebSeedSources.Surroundings> webSeeds;

  /**
   * @param ourTrackers those that every public torrent is announced to; asked when a torrent comes
   * @param webSeeds empty when they are not drawn from
   */
  PeeredSwarms(
      SwarmEnvironment environment,
      PeerId self,
      Optional<WebrtcTransport> webrtc,
      TcpPeers tcp,
      DhtPeers dht,
      TrackerClients trackers,
      Supplier<List<URI>> ourTrackers,
      Optional<WebSeedSources.Surroundings> webSeeds) {
    this.environment = environment;
    this.self = self;
    this.webrtc = webrtc;
    this.tcp = tcp;
    this.dht = dht;
    this.trackers = trackers;
    this.ourTrackers = ourTrackers;
    this.webSeeds = webSeeds;
  }

  @Override
  public OpenSwarm open(TorrentSource source) {
    Announcements announcements = new Announcements();
    SwarmSession session =
        SwarmSession.start(
            environment,
            source.infoHash(),
            self,
            source.info(),
            _ -> source.files(),
            announcements,
            ThreadLocalRandom.current().nextLong());
    announcements.begin(source, session);
    return new OpenSwarm(
        session,
        () -> {
          announcements.close();
          session.close();
        });
  }

  /** The announces of one torrent; hears from its session when peers are needed. */
  private final class Announcements implements SwarmListener {
    private volatile List<TrackerAnnouncement> running = List.of();
    private volatile Optional<TcpDialling> dialling = Optional.empty();
    private volatile Optional<OpenSearches> searches = Optional.empty();
    private volatile Optional<WebSeedSources> drawing = Optional.empty();

    void begin(TorrentSource source, SwarmSession session) {
      boolean ours = source.info().map(info -> !info.privateTorrent()).orElse(true);
      TcpDialling dialled = tcp.join(source, self, session, ours && dht.port() > 0);
      dialling = Optional.of(dialled);
      OpenSearches begun = OpenSearches.begin(dht, session, dialled);
      searches = Optional.of(begun);
      // Had the metadata come meanwhile, nobody would have told these two.
      session.info().ifPresent(begun::metadataKnown);
      session.info().ifPresent(dialled::metadataKnown);
      webSeeds.ifPresent(
          around -> {
            WebSeedSources sources = new WebSeedSources(around, session::accept);
            sources.add(source.webSeeds());
            drawing = Optional.of(sources);
            session.info().ifPresent(sources::known);
          });
      OfferSource offers =
          webrtc
              .<OfferSource>map(transport -> offersOf(transport, source, session))
              .orElse(NoOffers.INSTANCE);
      List<TrackerAnnouncement> announced = new ArrayList<>();
      Stream.concat(source.trackers().stream(), ours ? ourTrackers.get().stream() : Stream.empty())
          .distinct()
          .forEach(
              tracker ->
                  announced.add(
                      trackers.announce(
                          tracker, source.infoHash(), self, offers, () -> stats(session))));
      running = List.copyOf(announced);
    }

    @Override
    public void needsPeers() {
      running.forEach(TrackerAnnouncement::now);
      dialling.ifPresent(TcpDialling::needed);
      searches.ifPresent(OpenSearches::needed);
    }

    @Override
    public void metadataKnown(TorrentInfo info) {
      searches.ifPresent(open -> open.metadataKnown(info));
      dialling.ifPresent(peers -> peers.metadataKnown(info));
      drawing.ifPresent(sources -> sources.known(info));
    }

    @Override
    public void peersFound(List<InetSocketAddress> peers) {
      dialling.ifPresent(known -> known.found(peers, FoundBy.PEX));
    }

    @Override
    public void dhtNode(InetSocketAddress node) {
      dht.candidate(node);
    }

    @Override
    public void statusChanged(SwarmStatus status) {
      dialling.ifPresent(peers -> peers.status(status));
    }

    @Override
    public void completed() {
      running.forEach(TrackerAnnouncement::completed);
    }

    void close() {
      drawing.ifPresent(WebSeedSources::close);
      running.forEach(TrackerAnnouncement::close);
      searches.ifPresent(OpenSearches::close);
      dialling.ifPresent(TcpDialling::close);
    }
  }

  private WebrtcOffers offersOf(
      WebrtcTransport transport, TorrentSource source, SwarmSession session) {
    return new WebrtcOffers(
        transport, new WebrtcEndpoint(source.infoHash(), self, session::accept));
  }

  private static AnnounceStats stats(SwarmSession session) {
    SwarmStatus status = session.status();
    long left = status.totalBytes() == 0 ? -1 : status.totalBytes() - status.heldBytes();
    return new AnnounceStats(status.uploaded(), status.downloaded(), left);
  }
}
