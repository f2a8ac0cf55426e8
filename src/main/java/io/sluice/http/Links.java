package io.sluice.http;

import io.sluice.library.KnownTorrent;
import io.sluice.metainfo.Magnet;
import io.sluice.metainfo.MagnetLink;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The absolute URLs by which the outside reaches this gateway.
 *
 * <p>Safe for any thread.
 */
public final class Links {

  private final Supplier<URI> publicUrl;
  private final boolean tracker;

  /**
   * @param publicUrl where the gateway is reached; asked again each time, since the port is known
   *     only once it listens
   * @param tracker whether our tracker is on, so that magnets should name it
   */
  public Links(Supplier<URI> publicUrl, boolean tracker) {
    this.publicUrl = publicUrl;
    this.tracker = tracker;
  }

  /** The gateway's own URL without a slash at its end. */
  public String base() {
    String url = publicUrl.get().toString();
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  private URI trackerSocket() {
    // http becomes ws, and https becomes wss.
    return URI.create("ws" + base().substring("http".length()) + "/announce");
  }

  /** Our tracker for a torrent; none when it is off, or when the torrent is private (BEP 27). */
  Optional<URI> tracker(TorrentInfo info) {
    return tracker && !info.privateTorrent() ? Optional.of(trackerSocket()) : Optional.empty();
  }

  public String stream(TorrentInfo info, TorrentFile file) {
    return base() + "/stream/" + info.infoHash().hex() + "/" + UrlPath.of(info, file);
  }

  public String webSeed(TorrentInfo info, TorrentFile file) {
    return base() + "/webseed/" + info.infoHash().hex() + "/" + UrlPath.of(info, file);
  }

  /** What belongs in {@code url-list} (BEP 19): the file itself, or the folder that holds them. */
  public URI webSeed(TorrentInfo info) {
    return URI.create(
        info.multiFile()
            ? base() + "/webseed/" + info.infoHash().hex() + "/"
            : webSeed(info, info.files().getFirst()));
  }

  /** The page that plays a torrent. */
  public String page(InfoHash infoHash) {
    return base() + "/#" + infoHash.hex();
  }

  /** A magnet link that brings its receiver to this gateway. */
  public String magnet(KnownTorrent torrent) {
    InfoHash infoHash = torrent.infoHash();
    Optional<TorrentInfo> info = torrent.swarm().info();
    List<URI> moreTrackers = torrent.source().trackers();
    Optional<URI> ours =
        info.map(this::tracker)
            .orElseGet(() -> tracker ? Optional.of(trackerSocket()) : Optional.empty());
    List<URI> trackers = Stream.concat(ours.stream(), moreTrackers.stream()).distinct().toList();
    return MagnetLink.format(
        new Magnet(
            infoHash,
            Optional.of(torrent.name()),
            trackers,
            info.map(this::webSeed).stream().toList(),
            List.of(),
            List.of(),
            List.of()));
  }
}
