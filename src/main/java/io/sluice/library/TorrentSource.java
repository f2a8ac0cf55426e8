package io.sluice.library;

import io.sluice.cache.PieceSource;
import io.sluice.metainfo.Magnet;
import io.sluice.metainfo.Magnet.HostPort;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What a person hands over to make a torrent known to this gateway.
 *
 * @param info what the torrent says, when it came along
 * @param displayName the name to show while the metadata is not known
 * @param trackers trackers that the source names, all tiers in one row
 * @param peers addresses that the source names, for peers over TCP
 * @param webSeeds web seeds that the source names (BEP 19)
 * @param files what has pieces of the torrent already: {@link PieceSource#NONE}, or files of this
 *     machine that are served from where they lie
 */
public record TorrentSource(
    InfoHash infoHash,
    Optional<TorrentInfo> info,
    Optional<String> displayName,
    List<URI> trackers,
    List<HostPort> peers,
    List<URI> webSeeds,
    PieceSource files) {

  public TorrentSource {
    trackers = List.copyOf(trackers);
    peers = List.copyOf(peers);
    webSeeds = List.copyOf(webSeeds);
  }

  public static TorrentSource of(Magnet magnet) {
    return new TorrentSource(
        magnet.infoHash(),
        Optional.empty(),
        magnet.displayName(),
        magnet.trackers(),
        magnet.peers(),
        magnet.webSeeds(),
        PieceSource.NONE);
  }

  public static TorrentSource of(Metainfo metainfo) {
    return seeding(metainfo, PieceSource.NONE);
  }

  public static TorrentSource of(InfoHash infoHash) {
    return new TorrentSource(
        infoHash,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        PieceSource.NONE);
  }

  /** A torrent whose pieces are in files of this machine. */
  public static TorrentSource seeding(Metainfo metainfo, PieceSource files) {
    TorrentInfo info = metainfo.info();
    return new TorrentSource(
        info.infoHash(),
        Optional.of(info),
        Optional.of(info.name()),
        metainfo.trackers().stream().flatMap(List::stream).distinct().toList(),
        List.of(),
        metainfo.webSeeds(),
        files);
  }
}
