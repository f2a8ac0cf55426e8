package io.sluice.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.discovery.TrackerAnnouncement;
import io.sluice.library.Counters;
import io.sluice.library.KnownTorrent;
import io.sluice.library.TorrentSummary;
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
 * @param safeBytes bytes that survive if this process is killed now
 * @param safe whether that is all of it: who has handed the torrent over may go
 * @param problem what is wrong with what is held of it
 * @param downloaded bytes of blocks received, in all runs; {@code uploaded} likewise
 * @param downloadRate bytes a second, lately; {@code uploadRate} likewise
 * @param wasted bytes that were received in vain
 * @param mirrors web seeds of other gateways that were found to hold it
 * @param trackers where the torrent is announced; only in the answer for one torrent
 * @param readers players and web-seed clients being served now
 * @param views how often somebody began to watch it, in all runs
 * @param lastUsed when somebody last asked for its bytes
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
    long safeBytes,
    boolean safe,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> problem,
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
    long views,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<Instant> lastUsed,
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
    // Of most torrents the library knows enough in memory: thousands are listed without a read.
    Optional<TorrentSummary> plain = torrent.summary().filter(TorrentSummary::plainFile);
    Optional<TorrentInfo> info = plain.isPresent() ? Optional.empty() : torrent.info();
    SwarmStatus status = torrent.swarm().status();
    Counters counters = torrent.counters();
    return new TorrentJson(
        torrent.infoHash().hex(),
        torrent.name(),
        torrent.summary().map(TorrentSummary::totalBytes).orElse(0L),
        torrent.summary().map(TorrentSummary::pieceBytes).orElse(0),
        phase(status, torrent.summary().isPresent()).name().toLowerCase(Locale.ROOT),
        status.error(),
        torrent.policy().text(),
        status.totalBytes() == 0 ? 0 : (double) status.heldBytes() / status.totalBytes(),
        torrent.safeBytes(),
        torrent.safe(),
        torrent.problem(),
        plain.isPresent() ? links.magnetOfFile(torrent) : links.magnet(torrent, info),
        torrent.privateTorrent(),
        torrent.added(),
        plain
            .map(known -> List.of(file(torrent, known, links)))
            .or(() -> info.map(known -> files(known, links)))
            .orElse(List.of()),
        new PeersJson(status.webrtcPeers(), status.tcpPeers(), status.webSeeds()),
        counters.downloaded(),
        counters.uploaded(),
        status.downloadRate(),
        status.uploadRate(),
        status.wasted(),
        status.readers(),
        links.mirrors(torrent.infoHash()),
        counters.views(),
        counters.lastUsed(),
        trackers.stream().map(TrackerJson::of).toList());
  }

  /** A session that has just begun has not said yet that it knows what it was told. */
  private static SwarmStatus.Phase phase(SwarmStatus status, boolean known) {
    return known && status.phase() == SwarmStatus.Phase.METADATA
        ? SwarmStatus.Phase.READY
        : status.phase();
  }

  private static List<FileJson> files(TorrentInfo info, Links links) {
    return info.files().stream()
        .filter(file -> !file.pad())
        .map(file -> file(info, file, links))
        .toList();
  }

  private static FileJson file(KnownTorrent torrent, TorrentSummary known, Links links) {
    return new FileJson(
        0,
        known.name(),
        known.totalBytes(),
        MediaTypes.of(known.name()),
        links.stream(torrent.infoHash(), known.name()),
        links.webSeed(torrent.infoHash(), known.name()));
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
