package io.sluice.app;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.MemorySize;
import io.sluice.cache.CacheLimits;
import io.sluice.cache.DiskLimits;
import io.sluice.cache.DiskTier;
import io.sluice.cache.PieceCache;
import io.sluice.cache.PieceStore;
import io.sluice.discovery.AddressPolicy;
import io.sluice.discovery.DiscoveryLimits;
import io.sluice.discovery.TrackerClients;
import io.sluice.http.Admission;
import io.sluice.http.Links;
import io.sluice.http.TrackerListing;
import io.sluice.library.DataFolder;
import io.sluice.library.FileWatch;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.LibraryFolder;
import io.sluice.library.LibraryLimits;
import io.sluice.library.MirrorTable;
import io.sluice.library.SeedJobs;
import io.sluice.library.SeededTorrents;
import io.sluice.library.WatchedFolder;
import io.sluice.swarm.BridgeLimits;
import io.sluice.swarm.RateLimits;
import io.sluice.swarm.SharedBounds;
import io.sluice.swarm.SwarmEnvironment;
import io.sluice.swarm.SwarmLimits;
import io.sluice.transport.webrtc.WebrtcTransport;
import io.sluice.transport.webrtc.WebrtcUnavailableException;
import io.sluice.transport.webseed.WebSeedLimits;
import io.sluice.transport.webseed.WebSeedTransport;
import io.sluice.wire.Client;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Everything below {@code http}, put together: made in the order of the floors and closed the other
 * way round.
 */
@ApplicationScoped
public class Gateway {

  private static final Logger LOG = Logger.getLogger(Gateway.class);

  private static final int READ_THREADS = 4;

  /** How long something in the watched folder must have looked the same to be published. */
  private static final Duration WATCH_QUIET = Duration.ofSeconds(5);

  private static final Duration WATCH_RESCAN = Duration.ofSeconds(30);

  /** How often seeded files in trouble are looked at. */
  private static final Duration FILES_LOOK = Duration.ofSeconds(2);

  private final ExecutorService hashing =
      pool("sluice-hash-", Runtime.getRuntime().availableProcessors());
  private final ExecutorService reading = pool("sluice-read-", READ_THREADS);
  private final DataFolder data;
  private final PieceCache pieces;
  private final Optional<DiskTier> disk;
  private final FileWatch fileWatch = new FileWatch(FILES_LOOK);
  private final TcpPeers tcp;
  private final DhtPeers dht;
  private final LocalPeers local;
  private final TrackerClients trackers;
  private final Optional<WebSeedTransport> webSeeds;
  private final OwnTracker ownTracker;
  private final AtomicBoolean udpTracker = new AtomicBoolean();
  private final PeeredSwarms swarms;
  private final Library library;
  private final SeedJobs seedJobs;
  private final Optional<WatchedFolder> watched;
  private final MirrorTable mirrors = new MirrorTable();
  private final Links links;
  private Optional<WebrtcTransport> webrtc = Optional.empty();
  private Optional<String> webrtcProblem = Optional.empty();

  @Inject
  Gateway(SluiceConfig config, ListenAddress address, Vertx vertx) {
    data = open(config);
    boolean allowPrivate = allowsPrivate(config, address);
    AddressPolicy policy = AddressPolicy.of(allowPrivate);
    Predicate<InetAddress> mayContact = AddressPolicy.ofAddresses(allowPrivate);
    // Its native library takes longest of all, and the rest does not need it.
    CompletableFuture<Void> webrtcOpens =
        CompletableFuture.runAsync(
            () -> openWebrtc(config, mayContact),
            task -> Thread.ofPlatform().name("sluice-webrtc-open").start(task));
    long diskBytes = config.cache().disk().asLongValue();
    disk =
        diskBytes == 0
            ? Optional.empty()
            : Optional.of(
                DiskTier.open(
                    data.resolve("pieces"),
                    DiskLimits.ofDisk(diskBytes, config.cache().diskReserve().asLongValue())));
    long cacheBytes = CacheMemory.bound(config.cache().memory().asLongValue());
    pieces = new PieceCache(CacheLimits.ofMemory(cacheBytes), reading);
    tcp = TcpPeers.open(config, policy, mayContact);
    dht = DhtPeers.open(config, data.path(), tcp.listenPort(), policy, mayContact);
    local = LocalPeers.open(config, tcp.listenPort(), mayContact);
    ownTracker = new OwnTracker(config.tracker().enabled(), address::localUrl, address::publicUrl);
    trackers =
        new TrackerClients(
            policy, () -> trustedTrackers(config, ownTracker), DiscoveryLimits.DEFAULT);
    webSeeds =
        config.webSeed().enabled()
            ? Optional.of(
                new WebSeedTransport(
                    vertx, new CheckedHosts(policy), WebSeedLimits.DEFAULT, Client.NAME))
            : Optional.empty();
    links = new Links(address::publicUrl, config.tracker().enabled(), udpTracker::get, mirrors);
    finish(webrtcOpens);
    swarms =
        new PeeredSwarms(
            new SwarmEnvironment(
                pieces,
                hashing,
                System::nanoTime,
                limits(config),
                tcp.listenPort(),
                dht.port(),
                SharedBounds.within(
                    pieces.memoryLimitBytes(), rates(config.swarm()), System::nanoTime)),
            PeerId.random(new SecureRandom()),
            webrtc,
            tcp,
            dht,
            local,
            trackers,
            ownTracker,
            () -> config.trackers().orElse(List.of()),
            disk,
            fileWatch,
            webSeeds.map(
                transport ->
                    new WebSeedSources.Surroundings(
                        vertx, transport, url -> isOurWebSeed(url, address))));
    LibraryLimits limits =
        LibraryLimits.DEFAULT.within(
            config.maxTorrents(),
            config.library().maxBytes().map(MemorySize::asLongValue).orElse(Long.MAX_VALUE));
    library =
        new Library(
            swarms,
            new LibraryFolder(data.resolve("library"), limits, System::nanoTime),
            DiskHoldings.of(disk),
            limits,
            Clock.systemUTC(),
            System::nanoTime);
    SeededTorrents seeded = new SeededTorrents(library);
    fileWatch.also(seeded::look);
    seedJobs = new SeedJobs(source -> library.add(source), seeded::madeOf);
    watched =
        config
            .library()
            .watch()
            .map(
                folder ->
                    new WatchedFolder(
                        folder,
                        seedJobs,
                        () -> seeded.madeIn(folder),
                        library::remove,
                        WATCH_QUIET,
                        WATCH_RESCAN));
  }

  private static DataFolder open(SluiceConfig config) {
    try {
      return DataFolder.open(config.data());
    } catch (DataFolder.UnusableException unusable) {
      throw new IllegalStateException(unusable.getMessage(), unusable);
    }
  }

  /** What this gateway lacks it cannot get from itself, though its own torrents name it. */
  private static boolean isOurWebSeed(URI url, ListenAddress address) {
    return Stream.of(address.publicUrl(), address.localUrl())
        .map(own -> own.resolve("/webseed/").toString())
        .anyMatch(url.toString()::startsWith);
  }

  private void openWebrtc(SluiceConfig config, Predicate<InetAddress> mayContact) {
    if (!config.webrtc().enabled()) {
      webrtcProblem = Optional.of("switched off by sluice.webrtc.enabled");
      return;
    }
    try {
      webrtc =
          Optional.of(WebrtcTransport.open(WebrtcConfig.settings(config.webrtc(), mayContact)));
    } catch (WebrtcUnavailableException unavailable) {
      webrtcProblem = Optional.of(String.valueOf(unavailable.getMessage()));
      LOG.warn(unavailable.getMessage());
    }
  }

  private static void finish(CompletableFuture<Void> opening) {
    try {
      opening.join();
    } catch (CompletionException failure) {
      throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }
  }

  private static RateLimits rates(SluiceConfig.SwarmSection swarm) {
    return new RateLimits(
        swarm.maxUploadRate().asLongValue(), swarm.maxDownloadRate().asLongValue());
  }

  private static SwarmLimits limits(SluiceConfig config) {
    SluiceConfig.SwarmSection swarm = config.swarm();
    return SwarmLimits.DEFAULT
        .withPeers(swarm.maxPeers(), swarm.uploadSlots())
        .withPex(config.pex().enabled())
        .withRates(
            new RateLimits(
                swarm.torrentUploadRate().asLongValue(), swarm.torrentDownloadRate().asLongValue()))
        .withBridge(
            new BridgeLimits(
                swarm.bridge(),
                swarm.bridgeMemory().asLongValue(),
                swarm.bridgeRate().asLongValue(),
                BridgeLimits.DEFAULT.patience()));
  }

  static boolean allowsPrivate(SluiceConfig config, ListenAddress address) {
    return switch (config.allowPrivate()) {
      case AUTO -> address.exposure() == Admission.Exposure.LOCAL;
      case TRUE -> true;
      case FALSE -> false;
    };
  }

  /** Those that we named ourselves, and nobody else. */
  private static List<URI> trustedTrackers(SluiceConfig config, OwnTracker ownTracker) {
    return Stream.concat(
            ownTracker.announce().stream(), config.trackers().stream().flatMap(List::stream))
        .toList();
  }

  private static ExecutorService pool(String name, int threads) {
    return Executors.newFixedThreadPool(
        threads, Thread.ofPlatform().name(name, 0).daemon().factory());
  }

  @Produces
  @Singleton
  PieceStore pieces() {
    return pieces;
  }

  /** Publishes what lies in the watched folder, from now on. */
  void begin(@Observes StartupEvent started) {
    watched.ifPresent(WatchedFolder::start);
  }

  @Produces
  @Singleton
  SeedJobs seedJobs() {
    return seedJobs;
  }

  @Produces
  @Singleton
  Library library() {
    return library;
  }

  @Produces
  @Singleton
  Links links() {
    return links;
  }

  @Produces
  @Singleton
  TrackerListing trackerListing() {
    return swarms::trackersOf;
  }

  /** The folder for what outlives the process. */
  DataFolder data() {
    return data;
  }

  /** Which gateways mirror what. */
  MirrorTable mirrors() {
    return mirrors;
  }

  /** Verified pieces on disk; empty when none are to be kept. */
  Optional<DiskTier> disk() {
    return disk;
  }

  /** What is wrong with the disk now, if anything; looks again when something was. Does I/O. */
  Optional<String> diskProblem() {
    return data.retry().or(() -> disk.flatMap(DiskTier::problem));
  }

  /** Why peers over WebRTC cannot be reached, if so. */
  public Optional<String> webrtcProblem() {
    return webrtcProblem;
  }

  /** Our tracker answers over UDP from now on. */
  void udpTrackerListens() {
    udpTracker.set(true);
  }

  /** The TCP port at which our tracker lists us for a torrent; 0 when it does not. */
  int trackedPeerPort(InfoHash infoHash) {
    return library.find(infoHash).filter(this::isOursToTrack).isPresent() ? tcp.listenPort() : 0;
  }

  /** BEP 27: only if a private torrent itself names our tracker. */
  private boolean isOursToTrack(KnownTorrent torrent) {
    return !torrent.privateTorrent()
        || torrent.source().trackers().stream().anyMatch(ownTracker::isNamedBy);
  }

  /** Peers over TCP. */
  TcpPeers tcp() {
    return tcp;
  }

  /** The distributed hash table. */
  DhtPeers dht() {
    return dht;
  }

  @PreDestroy
  void close() {
    watched.ifPresent(WatchedFolder::close);
    seedJobs.close();
    disk.ifPresent(DiskTier::ending);
    library.close();
    // Trackers are told that we go; one that does not listen is not waited for.
    trackers.close().toCompletableFuture().completeOnTimeout(null, 2, TimeUnit.SECONDS).join();
    local.close();
    dht.close();
    tcp.close();
    webSeeds.ifPresent(WebSeedTransport::close);
    webrtc.ifPresent(WebrtcTransport::close);
    pieces.close();
    disk.ifPresent(DiskTier::close);
    hashing.shutdown();
    reading.shutdown();
    fileWatch.close();
    data.close();
  }
}
