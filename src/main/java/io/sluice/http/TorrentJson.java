package io.sluice.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.discovery.TrackerAnnouncement;
import io.sluice.library.KnownTorrent;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.SwarmStatus;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A torrent as the API shows it.
 *
 * @param length bytes of all files, 0 while the metadata is not known
 * @param pieceLength bytes of a piece, 0 while the metadata is not known
 * @param phase {@code metadata}, {@code ready} or {@code error}
 * @param error what is wrong, in phase {@code error}
 * @param policy {@code cached}, {@code kept} or {@code seeded}
 * @param progress part of the bytes that are held, 0..1
 * @param downloaded bytes of blocks received since the start; {@code uploaded} likewise
 * @param downloadRate bytes a second, lately; {@code uploadRate} likewise
 * @param wasted bytes that were received in vain
 * @param mirrors web seeds of other gateways that were found to hold it
 * @param trackers where the torrent is announced; only in the answer for one torrent
 * @param readers players and web-seed clients being served now
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TorrentJson(
    String infohash,
    String name,
    long length,
    int pieceLength,
    String phase,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> error,
    String policy,
    double progress,
    String magnet,
    @JsonProperty("private") boolean privateTorrent,
    Instant added,
    List<FileJson> files,
    PeersJson peers,
    long downloaded,
    long uploaded,
    long downloadRate,
    long uploadRate,
    long wasted,
    int readers,
    List<URI> mirrors,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TrackerJson> trackers) {

  /**
   * One file; pad files (BEP 47) are not shown.
   *
   * @param index the file's number in the torrent, as {@code ?file=} takes it
   */
  public record FileJson(
      int index, String path, long length, String mediaType, String streamUrl, String webSeedUrl) {}

  /** How many peers of each kind are connected. */
  public record PeersJson(int webrtc, int tcp, int webSeeds) {}

  static TorrentJson of(KnownTorrent torrent, Links links) {
    return of(torrent, links, List.of());
  }

  static TorrentJson of(KnownTorrent torrent, Links links, List<TrackerAnnouncement> trackers) {
    Optional<TorrentInfo> info = torrent.swarm().info();
    SwarmStatus status = torrent.swarm().status();
    return new TorrentJson(
        torrent.infoHash().hex(),
        torrent.name(),
        info.map(known -> known.geometry().totalBytes()).orElse(0L),
        info.map(known -> known.geometry().pieceBytes()).orElse(0),
        phase(status, info).name().toLowerCase(Locale.ROOT),
        status.error(),
        torrent.policy().text(),
        status.totalBytes() == 0 ? 0 : (double) status.heldBytes() / status.totalBytes(),
        links.magnet(torrent),
        info.map(TorrentInfo::privateTorrent).orElse(false),
        torrent.added(),
        info.map(known -> files(known, links)).orElse(List.of()),
        new PeersJson(status.webrtcPeers(), status.tcpPeers(), status.webSeeds()),
        status.downloaded(),
        status.uploaded(),
        status.downloadRate(),
        status.uploadRate(),
        status.wasted(),
        status.readers(),
        links.mirrors(torrent.infoHash()),
        trackers.stream().map(TrackerJson::of).toList());
  }

  /** A session that has just begun has not said yet that it knows what it was told. */
  private static SwarmStatus.Phase phase(SwarmStatus status, Optional<TorrentInfo> info) {
    return info.isPresent() && status.phase() == SwarmStatus.Phase.METADATA
        ? SwarmStatus.Phase.READY
        : status.phase();
  }

  private static List<FileJson> files(TorrentInfo info, Links links) {
    return info.files().stream()
        .filter(file -> !file.pad())
        .map(file -> file(info, file, links))
        .toList();
  }

  private static FileJson file(TorrentInfo info, TorrentFile file, Links links) {
    return new FileJson(
        file.index(),
        file.joinedPath(),
        file.length(),
        MediaTypes.of(file.name()),
        links.stream(info, file),
        links.webSeed(info, file));
  }
}
