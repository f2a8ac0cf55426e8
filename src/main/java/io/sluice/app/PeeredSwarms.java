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
import io.sluice.library.OnDemandSwarm;
import io.sluice.library.SeededFiles;
import io.sluice.library.SwarmOpener;
import io.sluice.library.TorrentSource;
import io.sluice.library.TorrentSummary;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.Swarm;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Brings torrents their peers: announces each, hands the links that come of it to its swarm, and
 * runs the swarm's session when that is to run.
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
  private final Map<InfoHash, Present> presences = new ConcurrentHashMap<>();

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
  public Presence open(TorrentSource source, boolean privateTorrent, OnDemandSwarm swarm) {
    InfoHash infoHash = source.infoHash();
    TcpDialling dialling = tcp.join(source, self, swarm, !privateTorrent && dht.port() > 0);
    PeerSink welcome =
        (addresses, by) -> {
          if (swarm.welcomesPeers()) {
            dialling.found(addresses, by);
          }
        };
    Present present =
        new Present(
            infoHash,
            dialling,
            OpenSearches.begin(dht, local, infoHash, privateTorrent, welcome),
            new Announcements(
                trackers, by -> announcedTorrent(swarm, welcome, by), ownTracker, operators));
    presences.put(infoHash, present);
    if (swarm.awake()) {
      dialling.named(source.peers());
    }
    present.announced.begin(source.tiers(), privateTorrent);
    return present;
  }

  private AnnouncedTorrent announcedTorrent(OnDemandSwarm swarm, PeerSink sink, FoundBy by) {
    OfferSource offers =
        webrtc.<OfferSource>map(transport -> offersOf(transport, swarm)).orElse(NoOffers.INSTANCE);
    return new AnnouncedTorrent(
        swarm.infoHash(),
        self,
        offers,
        () -> stats(swarm),
        tcp::announcedPort,
        (addresses, _) -> sink.found(addresses, by),
        swarm::quiet);
  }

  private WebrtcOffers offersOf(WebrtcTransport transport, OnDemandSwarm swarm) {
    return new WebrtcOffers(
        transport, new WebrtcEndpoint(swarm.infoHash(), self, swarm::accept), swarm::awake);
  }

  private static AnnounceStats stats(OnDemandSwarm swarm) {
    SwarmStatus status = swarm.status();
    long left = status.totalBytes() == 0 ? -1 : status.totalBytes() - status.heldBytes();
    return new AnnounceStats(status.uploaded(), status.downloaded(), left);
  }

  /** Where a torrent is announced, and how that fares. */
  List<TrackerAnnouncement> trackersOf(InfoHash infoHash) {
    return Optional.ofNullable(presences.get(infoHash))
        .map(present -> present.announced.running())
        .orElse(List.of());
  }

  @Override
  public Session start(TorrentSource source, Consumer<TorrentInfo> metadataKnown) {
    Hearing hearing = new Hearing(source.infoHash(), metadataKnown);
    SwarmSession session =
        SwarmSession.start(
            environment,
            source.infoHash(),
            self,
            source.info(),
            info -> under(source, info),
            hearing,
            ThreadLocalRandom.current().nextLong());
    Optional<WebSeedSources> drawing =
        webSeeds.map(around -> new WebSeedSources(around, session::accept));
    drawing.ifPresent(sources -> sources.add(source.webSeeds()));
    hearing.drawing = drawing;
    // It may have become known before anybody listened.
    session.info().ifPresent(info -> drawing.ifPresent(sources -> sources.known(info)));
    // Those that the link names are asked for when somebody wants them, and not before.
    hearing.present().ifPresent(finders -> finders.dialling.named(source.peers()));
    Runnable unwatched =
        source.files() instanceof SeededFiles files ? fileWatch.watch(files) : () -> {};
    return new Running(session, drawing, unwatched);
  }

  /** Files of this machine are served from where they lie; all else is kept by the disk tier. */
  private PieceSource under(TorrentSource source, TorrentInfo info) {
    return source.files().equals(PieceSource.NONE)
        ? disk.map(tier -> tier.torrent(info)).orElse(PieceSource.NONE)
        : source.files();
  }

  /** A torrent's part in all that finds peers. */
  private final class Present implements Presence {
    private final InfoHash infoHash;
    private final TcpDialling dialling;
    private final OpenSearches searches;
    private final Announcements announced;

    Present(
        InfoHash infoHash, TcpDialling dialling, OpenSearches searches, Announcements announced) {
      this.infoHash = infoHash;
      this.dialling = dialling;
      this.searches = searches;
      this.announced = announced;
    }

    @Override
    public void changed(TorrentSource now) {
      announced.more(now.tiers());
      dialling.named(now.peers());
    }

    @Override
    public void known(TorrentSummary summary) {
      searches.metadataKnown(summary.privateTorrent());
      dialling.metadataKnown(summary.privateTorrent());
      if (summary.privateTorrent()) {
        announced.becomePrivate();
      }
    }

    @Override
    public void close() {
      presences.remove(infoHash, this);
      announced.close();
      searches.close();
      dialling.close();
    }
  }

  /** A session and the web seeds that it draws from. */
  private record Running(SwarmSession session, Optional<WebSeedSources> drawing, Runnable unwatched)
      implements Session {

    @Override
    public Swarm swarm() {
      return session;
    }

    @Override
    public void changed(TorrentSource now) {
      drawing.ifPresent(sources -> sources.add(now.webSeeds()));
    }

    @Override
    public void know(TorrentInfo info) {
      session.know(info);
    }

    @Override
    public void keepWhole(boolean on) {
      session.keepWhole(on);
    }

    @Override
    public CompletableFuture<Void> close() {
      unwatched.run();
      drawing.ifPresent(WebSeedSources::close);
      session.close();
      return session.terminated();
    }
  }

  /** Hears from a session what its finders of peers must know. */
  private final class Hearing implements SwarmListener {
    private final InfoHash infoHash;
    private final Consumer<TorrentInfo> metadataKnown;
    private volatile Optional<WebSeedSources> drawing = Optional.empty();

    Hearing(InfoHash infoHash, Consumer<TorrentInfo> metadataKnown) {
      this.infoHash = infoHash;
      this.metadataKnown = metadataKnown;
    }

    private Optional<Present> present() {
      return Optional.ofNullable(presences.get(infoHash));
    }

    @Override
    public void metadataKnown(TorrentInfo info) {
      metadataKnown.accept(info);
      drawing.ifPresent(sources -> sources.known(info));
    }

    @Override
    public void needsPeers() {
      present()
          .ifPresent(
              finders -> {
                finders.announced.needsPeers();
                finders.dialling.needed();
                finders.searches.needed();
              });
    }

    @Override
    public void peersFound(List<InetSocketAddress> peers) {
      present().ifPresent(finders -> finders.dialling.found(peers, FoundBy.PEX));
    }

    @Override
    public void dhtNode(InetSocketAddress node) {
      dht.candidate(node);
    }

    @Override
    public void statusChanged(SwarmStatus status) {
      present().ifPresent(finders -> finders.dialling.status(status));
    }

    @Override
    public void completed() {
      present().ifPresent(finders -> finders.announced.completed());
    }
  }
}
