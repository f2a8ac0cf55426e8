package io.sluice.library;

import io.sluice.cache.PieceSource;
import io.sluice.metainfo.Magnet;
import io.sluice.metainfo.Magnet.HostPort;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a person hands over to make a torrent known to this gateway.
 *
 * @param info what the torrent says, when it came along
 * @param displayName the name to show while the metadata is not known
 * @param tiers trackers that the source names, by tier (BEP 12); each of a magnet is its own
 * @param peers addresses that the source names, for peers over TCP
 * @param webSeeds web seeds that the source names (BEP 19)
 * @param files what has pieces of the torrent already: {@link PieceSource#NONE}, or files of this
 *     machine that are served from where they lie
 * @param policy what is to be done for the torrent
 */
public record TorrentSource(
    InfoHash infoHash,
    Optional<TorrentInfo> info,
    Optional<String> displayName,
    List<List<URI>> tiers,
    List<HostPort> peers,
    List<URI> webSeeds,
    PieceSource files,
    Policy policy) {

  /** Tiers, peers, and web seeds, each, however often a torrent is added again. */
  private static final int MAX_URLS = 100;

  public TorrentSource {
    tiers = distinct(tiers);
    peers = List.copyOf(peers);
    webSeeds = List.copyOf(webSeeds);
  }

  /** Each tracker once, where it came first; no empty tiers. */
  private static List<List<URI>> distinct(List<List<URI>> tiers) {
    Set<URI> seen = new HashSet<>();
    return tiers.stream()
        .map(tier -> tier.stream().filter(seen::add).toList())
        .filter(tier -> !tier.isEmpty())
        .toList();
  }

  /** All trackers in one row. */
  public List<URI> trackers() {
    return tiers.stream().flatMap(List::stream).toList();
  }

  /**
   * What both say: this one's words, and behind them the other's trackers, peers and web seeds,
   * within bounds; and the stronger policy. A private torrent keeps what it has: its trackers are
   * not to hear of each other (BEP 27).
   */
  TorrentSource with(TorrentSource other) {
    if (info.map(TorrentInfo::privateTorrent).orElse(false)) {
      return withPolicy(policy.stronger(other.policy));
    }
    return new TorrentSource(
        infoHash,
        info.or(other::info),
        displayName.or(other::displayName),
        Stream.concat(tiers.stream(), other.tiers.stream()).limit(MAX_URLS).toList(),
        Stream.concat(peers.stream(), other.peers.stream()).distinct().limit(MAX_URLS).toList(),
        Stream.concat(webSeeds.stream(), other.webSeeds.stream())
            .distinct()
            .limit(MAX_URLS)
            .toList(),
        files,
        policy.stronger(other.policy));
  }

  /** The same, with more web seeds to draw from. */
  public TorrentSource withWebSeeds(List<URI> more) {
    return new TorrentSource(
        infoHash,
        info,
        displayName,
        tiers,
        peers,
        Stream.concat(webSeeds.stream(), more.stream()).distinct().toList(),
        files,
        policy);
  }

  /** The same under another policy. */
  public TorrentSource withPolicy(Policy other) {
    return new TorrentSource(infoHash, info, displayName, tiers, peers, webSeeds, files, other);
  }

  TorrentSource withInfo(Optional<TorrentInfo> known) {
    return new TorrentSource(infoHash, known, displayName, tiers, peers, webSeeds, files, policy);
  }

  TorrentSource withFiles(PieceSource other) {
    return new TorrentSource(infoHash, info, displayName, tiers, peers, webSeeds, other, policy);
  }

  /** The same without metadata, which is large. */
  TorrentSource withoutInfo() {
    return info.isEmpty() ? this : withInfo(Optional.empty());
  }

  /** The same without metadata and pieces. */
  TorrentSource bare() {
    return files.equals(PieceSource.NONE)
        ? withoutInfo()
        : withoutInfo().withFiles(PieceSource.NONE);
  }

  public static TorrentSource of(Magnet magnet) {
    return new TorrentSource(
        magnet.infoHash(),
        Optional.empty(),
        magnet.displayName(),
        magnet.trackers().stream().map(List::of).toList(),
        magnet.peers(),
        magnet.webSeeds(),
        PieceSource.NONE,
        Policy.CACHED);
  }

  public static TorrentSource of(Metainfo metainfo) {
    return of(metainfo, PieceSource.NONE, Policy.CACHED);
  }

  public static TorrentSource of(InfoHash infoHash) {
    return new TorrentSource(
        infoHash,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        PieceSource.NONE,
        Policy.CACHED);
  }

  /** A torrent whose pieces are in files of this machine. */
  public static TorrentSource seeding(Metainfo metainfo, PieceSource files) {
    return of(metainfo, files, Policy.SEEDED);
  }

  private static TorrentSource of(Metainfo metainfo, PieceSource files, Policy policy) {
    TorrentInfo info = metainfo.info();
    return new TorrentSource(
        info.infoHash(),
        Optional.of(info),
        Optional.of(info.name()),
        metainfo.trackers(),
        List.of(),
        metainfo.webSeeds(),
        files,
        policy);
  }
}
