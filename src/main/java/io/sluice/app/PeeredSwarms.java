package io.sluice.app;

import io.sluice.cache.DiskTier;
import io.sluice.cache.PieceSource;
import io.sluice.discovery.AnnounceStats;
import io.sluice.discovery.AnnouncedTorrent;
import io.sluice.discovery.FoundBy;
import io.sluice.discovery.OfferSource;
import io.sluice.discovery.PeerSink;
import io.sluice.discovery.TrackerAnnouncement;
import io.sluice.discovery.TrackerClients;
import io.sluice.library.FileWatch;
import io.sluice.library.Policy;
import io.sluice.library.SeededFiles;
import io.sluice.library.SwarmOpener;
import io.sluice.library.TorrentSource;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.SwarmEnvironment;
import io.sluice.swarm.SwarmListener;
import io.sluice.swarm.SwarmSession;
import io.sluice.swarm.SwarmStatus;
import io.sluice.transport.webrtc.WebrtcEndpoint;
import io.sluice.transport.webrtc.WebrtcTransport;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

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
  private final LocalPeers local;
  private final TrackerClients trackers;
  private final OwnTracker ownTracker;
  private final Supplier<List<URI>> operators;
  private final Optional<DiskTier> disk;
  private final FileWatch fileWatch;
  private final Optional<WebSeedSources.Surroundings> webSeeds;
  private final Map<InfoHash, Announcements> announcements = new ConcurrentHashMap<>();

  /**
   * @param operators trackers of the operator, which every public torrent is announced to; asked
   *     when a torrent comes
   * @param disk where pieces of torrents without files of their own are kept, if anywhere
   * @param fileWatch looks after files that are served from where they lie
   * @param webSeeds empty when they are not drawn from
   */
  PeeredSwarms(
      SwarmEnvironment environment,
      PeerId self,
      Optional<WebrtcTransport> webrtc,
      TcpPeers tcp,
      DhtPeers dht,
      LocalPeers local,
      TrackerClients trackers,
      OwnTracker ownTracker,
      Supplier<List<URI>> operators,
      Optional<DiskTier> disk,
      FileWatch fileWatch,
      Optional<WebSeedSources.Surroundings> webSeeds) {
    this.environment = environment;
    this.self = self;
    this.webrtc = webrtc;
    this.tcp = tcp;
    this.dht = dht;
    this.local = local;
    this.trackers = trackers;
    this.ownTracker = ownTracker;
    this.operators = operators;
    this.disk = disk;
    this.fileWatch = fileWatch;
    this.webSeeds = webSeeds;
  }

  @Override
  public OpenSwarm open(TorrentSource source) {
    Discovery discovery = new Discovery();
    SwarmSession session =
        SwarmSession.start(
            environment,
            source.infoHash(),
            self,
            source.info(),
            info -> under(source, info),
            discovery,
            ThreadLocalRandom.current().nextLong());
    boolean isPrivate = source.info().map(TorrentInfo::privateTorrent).orElse(false);
    TcpDialling dialling = tcp.join(source, self, session, !isPrivate && dht.port() > 0);
    OpenSearches searches =
        OpenSearches.begin(dht, local, source.infoHash(), source.info(), dialling);
    Announcements announced =
        new Announcements(
            trackers, by -> announcedTorrent(source, session, dialling, by), ownTracker, operators);
    announcements.put(source.infoHash(), announced);
    Optional<WebSeedSources> drawing =
        webSeeds.map(around -> new WebSeedSources(around, session::accept));
    drawing.ifPresent(sources -> sources.add(source.webSeeds()));
    discovery.begin(announced, dialling, searches, drawing);
    announced.begin(source.tiers(), isPrivate);
    session.keepWhole(source.policy() == Policy.KEPT);
    // It may have become known before anybody listened.
    session.info().ifPresent(discovery::metadataKnown);
    Runnable unwatched =
        source.files() instanceof SeededFiles files ? fileWatch.watch(files) : () -> {};
    return new OpenSwarm(
        session,
        more -> {
          announced.more(more.tiers());
          dialling.named(more.peers());
          drawing.ifPresent(sources -> sources.add(more.webSeeds()));
          session.keepWhole(more.policy() == Policy.KEPT);
        },
        () -> {
          unwatched.run();
          drawing.ifPresent(WebSeedSources::close);
          announcements.remove(source.infoHash(), announced);
          announced.close();
          searches.close();
          dialling.close();
          session.close();
        });
  }

  /** Files of this machine are served from where they lie; all else is kept by the disk tier. */
  private PieceSource under(TorrentSource source, TorrentInfo info) {
    return source.files().equals(PieceSource.NONE)
        ? disk.map(tier -> tier.torrent(info)).orElse(PieceSource.NONE)
        : source.files();
  }

  private AnnouncedTorrent announcedTorrent(
      TorrentSource source, SwarmSession session, PeerSink sink, FoundBy by) {
    OfferSource offers =
        webrtc
            .<OfferSource>map(transport -> offersOf(transport, source, session))
            .orElse(NoOffers.INSTANCE);
    return new AnnouncedTorrent(
        source.infoHash(),
        self,
        offers,
        () -> stats(session),
        tcp::announcedPort,
        (addresses, _) -> sink.found(addresses, by));
  }

  /** Where a torrent is announced, and how that fares. */
  List<TrackerAnnouncement> trackersOf(InfoHash infoHash) {
    Announcements announced = announcements.get(infoHash);
    return announced == null ? List.of() : announced.running();
  }

  /** Hears from a session what its finders of peers must know; perhaps before they have begun. */
  private final class Discovery implements SwarmListener {
    private volatile Optional<Announcements> announced = Optional.empty();
    private volatile Optional<TcpDialling> dialling = Optional.empty();
    private volatile Optional<OpenSearches> searches = Optional.empty();
    private volatile Optional<WebSeedSources> drawing = Optional.empty();

    void begin(
        Announcements begun,
        TcpDialling dials,
        OpenSearches searching,
        Optional<WebSeedSources> sources) {
      announced = Optional.of(begun);
      dialling = Optional.of(dials);
      searches = Optional.of(searching);
      drawing = sources;
    }

    @Override
    public void metadataKnown(TorrentInfo info) {
      searches.ifPresent(open -> open.metadataKnown(info));
      dialling.ifPresent(peers -> peers.metadataKnown(info));
      drawing.ifPresent(sources -> sources.known(info));
      if (info.privateTorrent()) {
        announced.ifPresent(Announcements::becomePrivate);
      }
    }

    @Override
    public void needsPeers() {
      announced.ifPresent(Announcements::needsPeers);
      dialling.ifPresent(TcpDialling::needed);
      searches.ifPresent(OpenSearches::needed);
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
      announced.ifPresent(Announcements::completed);
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
