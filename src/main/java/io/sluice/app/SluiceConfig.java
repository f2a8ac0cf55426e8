package io.sluice.app;

import io.quarkus.runtime.configuration.MemorySize;
import io.sluice.library.MirrorPlan;
import io.sluice.transport.tcp.TcpEncryption;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every key that an operator may set, as {@code sluice.*} or as an environment variable ({@code
 * SLUICE_*}); docs/configuration.md explains them and a test keeps the two alike.
 */
@ConfigMapping(prefix = "sluice")
public interface SluiceConfig {

  /** Address to listen on; anything but loopback is public. */
  @WithDefault("127.0.0.1")
  String host();

  /** TCP port of the HTTP side; 0 takes a free one. */
  @WithDefault("8080")
  int port();

  /** Folder for what is to outlive the process. */
  @WithDefault("./data")
  Path data();

  /** What goes into magnets, torrents and snippets; from host and port when not set. */
  Optional<URI> publicUrl();

  /** Serve any infohash that is asked for, not only those that were added. */
  @WithDefault("false")
  boolean open();

  /** What callers who are not local show to add or remove; made when not set. */
  Optional<String> adminToken();

  /** Names in Host that are ours beside that of the public URL. */
  Optional<List<String>> allowedHosts();

  /** Print only that the gateway is ready. */
  @WithDefault("false")
  boolean quiet();

  /** Trackers that every torrent is announced to beside its own and ours. */
  Optional<List<URI>> trackers();

  /** Whether addresses of private networks may be dialled because a stranger names them. */
  @WithDefault("auto")
  AllowPrivate allowPrivate();

  /** Upper bound of the torrents that this gateway knows at a time. */
  @WithDefault("10000")
  int maxTorrents();

  OpenLimitsSection openLimits();

  FeedSection feed();

  MirrorSection mirror();

  LibrarySection library();

  TrackerSection tracker();

  WebrtcSection webrtc();

  TcpSection tcp();

  DhtSection dht();

  LsdSection lsd();

  WebSeedSection webSeed();

  CacheSection cache();

  StreamSection stream();

  SwarmSection swarm();

  PexSection pex();

  /** What one address may have of a gateway that is open. */
  interface OpenLimitsSection {
    /** Torrents a minute that were not here before. */
    @WithDefault("10")
    int newTorrents();

    /** Streams at a time. */
    @WithDefault("32")
    int streams();

    /** How long a torrent that somebody just asked for stays after its last reader. */
    @WithDefault("24h")
    Duration unused();
  }

  /** The library as a feed. */
  interface FeedSection {
    @WithDefault("true")
    boolean enabled();
  }

  /** Mirroring other gateways, and being mirrored. */
  interface MirrorSection {
    /** Gateways or feeds that are followed. */
    Optional<List<URI>> from();

    /** Which torrents come first when not all fit. */
    @WithDefault("all")
    MirrorPlan.Strategy strategy();

    /** Bound of what is mirrored. */
    @WithDefault("5G")
    MemorySize size();

    /** How long a torrent has been published before it is mirrored. */
    @WithDefault("0s")
    Duration minAge();

    /** How long one is held that its origin no longer publishes. */
    @WithDefault("24h")
    Duration grace();

    /** Between two readings of a feed, more or less. */
    @WithDefault("15m")
    Duration interval();

    /** Public URLs of gateways that are accepted as mirrors of this one. */
    Optional<List<URI>> accept();

    /** After which each of those is asked for a piece again. */
    @WithDefault("10m")
    Duration check();
  }

  /** The torrents that the gateway knows. */
  interface LibrarySection {
    /** A folder of which each file and folder becomes a torrent. */
    Optional<Path> watch();

    /** Bound of the torrents that are kept; that of the cache on disk when not set. */
    Optional<MemorySize> maxBytes();
  }

  /** Our own tracker. */
  interface TrackerSection {
    @WithDefault("true")
    boolean enabled();

    /** Whether it serves torrents that this gateway does not know. */
    @WithDefault("false")
    boolean open();

    /** Whether it answers over UDP, on the port of the HTTP side. */
    @WithDefault("true")
    boolean udp();

    /** WebSockets at a time from one IPv4 address or one IPv6 /64. */
    @WithDefault("256")
    int maxSocketsPerAddress();

    /** Requests a second over HTTP and UDP from one IPv4 address or one IPv6 /64. */
    @WithDefault("20")
    int maxRequestsPerAddress();
  }

  /** Peers over WebRTC. */
  interface WebrtcSection {
    @WithDefault("true")
    boolean enabled();

    /** STUN and TURN servers, {@code stun:host:port} or {@code turn:user:secret@host:port}. */
    Optional<List<String>> iceServers();

    /** UDP ports to use, {@code 50000-50999}; any when not set. */
    Optional<String> portRange();

    /** Connections at a time, over all torrents. */
    @WithDefault("500")
    int maxConnections();
  }

  /** Peers over TCP. */
  interface TcpSection {
    @WithDefault("true")
    boolean enabled();

    /** Address to listen on for peers; that of the HTTP side when not set. */
    Optional<String> host();

    /** Port to listen on for peers; 0 takes a free one. */
    @WithDefault("6881")
    int port();

    /** Whether connections are encrypted. */
    @WithDefault("prefer")
    TcpEncryption encryption();

    /** Connections at a time, over all torrents. */
    @WithDefault("400")
    int maxConnections();
  }

  /** The distributed hash table. */
  interface DhtSection {
    @WithDefault("true")
    boolean enabled();

    /** Nodes to join through, {@code host:port}. */
    @WithDefault(
        "router.bittorrent.com:6881,router.utorrent.com:6881,dht.transmissionbt.com:6881,dht.libtorrent.org:25401")
    Optional<List<String>> bootstrap();

    /** Only ask, and never answer or announce. */
    @WithDefault("false")
    boolean readOnly();
  }

  /** Peers of the local network. */
  interface LsdSection {
    @WithDefault("false")
    boolean enabled();
  }

  /** Drawing from web seeds. */
  interface WebSeedSection {
    @WithDefault("true")
    boolean enabled();
  }

  /** Verified pieces. */
  interface CacheSection {
    /** Bound of the pieces kept in memory, off the heap. */
    @WithDefault("512M")
    MemorySize memory();

    /** Bound of the pieces kept on disk; 0 keeps none. */
    @WithDefault("10G")
    MemorySize disk();

    /** Bytes of the device that are left free; of a small one at most a twentieth of it. */
    @WithDefault("1G")
    MemorySize diskReserve();
  }

  /** Answers to players. */
  interface StreamSection {
    /** How long a request waits for its first byte before 503. */
    @WithDefault("15s")
    @WithName("wait")
    Duration firstByte();

    /** How long a response may stand still once it has begun. */
    @WithDefault("60s")
    Duration stall();
  }

  /** The exchange with peers. */
  interface SwarmSection {
    /** Peers of one torrent. */
    @WithDefault("80")
    int maxPeers();

    /** Peers of one torrent that are sent blocks at a time. */
    @WithDefault("32")
    int uploadSlots();

    /** Fetch for one network what only the other has. */
    @WithDefault("true")
    boolean bridge();

    /** Bound of the pieces of one torrent that are fetched or kept for others at a time. */
    @WithDefault("32M")
    MemorySize bridgeMemory();

    /** Bytes a second that are fetched for others, for one torrent; 0 is without limit. */
    @WithDefault("0")
    MemorySize bridgeRate();

    /** Bytes a second that are sent to peers, over all torrents; 0 is without limit. */
    @WithDefault("0")
    MemorySize maxUploadRate();

    /** Bytes a second that are fetched from peers, over all torrents; 0 is without limit. */
    @WithDefault("0")
    MemorySize maxDownloadRate();

    /** The same for each torrent. */
    @WithDefault("0")
    MemorySize torrentUploadRate();

    /** The same for each torrent. */
    @WithDefault("0")
    MemorySize torrentDownloadRate();
  }

  /** Peer exchange (BEP 11). */
  interface PexSection {
    @WithDefault("true")
    boolean enabled();
  }

  /** {@code sluice.allow-private}. */
  enum AllowPrivate {
    /** Only while the gateway itself listens on loopback alone. */
    AUTO,
    TRUE,
    FALSE
  }
}
