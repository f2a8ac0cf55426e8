package io.sluice.http;

import io.sluice.library.KnownTorrent;
import io.sluice.library.MirrorTable;
import io.sluice.metainfo.Magnet;
import io.sluice.metainfo.MagnetLink;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
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
  private final BooleanSupplier udpTracker;
  private final MirrorTable mirrors;

  /**
   * @param publicUrl where the gateway is reached; asked again each time, since the port is known
   *     only once it listens
   * @param tracker whether our tracker is on, so that magnets should name it
   * @param udpTracker whether it answers over UDP as well
   */
  public Links(Supplier<URI> publicUrl, boolean tracker, BooleanSupplier udpTracker) {
    this(publicUrl, tracker, udpTracker, new MirrorTable());
  }

  /**
   * The same, for a gateway that has mirrors.
   *
   * @param mirrors which of them have what
   */
  public Links(
      Supplier<URI> publicUrl, boolean tracker, BooleanSupplier udpTracker, MirrorTable mirrors) {
    this.mirrors = mirrors;
    this.publicUrl = publicUrl;
    this.tracker = tracker;
    this.udpTracker = udpTracker;
  }

  /** The gateway's own URL without a slash at its end. */
  public String base() {
    String url = publicUrl.get().toString();
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /**
   * All ways to our tracker, by tier (BEP 12): the one that brings browsers, and those that list
   * addresses, of which a client needs one.
   */
  private List<List<URI>> trackerTiers() {
    if (!tracker) {
      return List.of();
    }
    List<URI> listing = new ArrayList<>();
    listing.add(URI.create(base() + "/announce"));
    udpTracker().ifPresent(listing::add);
    // http becomes ws, and https becomes wss.
    return List.of(
        List.of(URI.create("ws" + base().substring("http".length()) + "/announce")), listing);
  }

  /** Behind a proxy that speaks TLS there is nobody who passes datagrams on. */
  private Optional<URI> udpTracker() {
    URI url = publicUrl.get();
    if (!udpTracker.getAsBoolean() || !"http".equals(url.getScheme())) {
      return Optional.empty();
    }
    int port = url.getPort() < 0 ? 80 : url.getPort();
    return Optional.of(URI.create("udp://" + url.getHost() + ":" + port + "/announce"));
  }

  /**
   * The trackers of a torrent by tier, each once, ours before its own. Those of a private torrent
   * are its own alone (BEP 27).
   */
  List<List<URI>> trackers(KnownTorrent torrent) {
    Set<URI> seen = new HashSet<>();
    return Stream.concat(
            torrent.privateTorrent() ? Stream.empty() : trackerTiers().stream(),
            torrent.source().tiers().stream())
        .map(tier -> tier.stream().filter(seen::add).toList())
        .filter(tier -> !tier.isEmpty())
        .toList();
  }

  public String stream(TorrentInfo info, TorrentFile file) {
    return base() + "/stream/" + info.infoHash().hex() + "/" + UrlPath.of(info, file);
  }

  public String webSeed(TorrentInfo info, TorrentFile file) {
    return base() + "/webseed/" + info.infoHash().hex() + "/" + UrlPath.of(info, file);
  }

  /** Where a torrent's only file is streamed, by its name. */
  String stream(InfoHash infoHash, String name) {
    return base() + "/stream/" + infoHash.hex() + "/" + UrlPath.encode(List.of(name));
  }

  /** The web seed of a torrent's only file, by its name. */
  String webSeed(InfoHash infoHash, String name) {
    return base() + "/webseed/" + infoHash.hex() + "/" + UrlPath.encode(List.of(name));
  }

  /** What belongs in {@code url-list} (BEP 19): the file itself, or the folder that holds them. */
  public URI webSeed(TorrentInfo info) {
    return URI.create(
        info.multiFile()
            ? base() + "/webseed/" + info.infoHash().hex() + "/"
            : webSeed(info, info.files().getFirst()));
  }

  /** The web seeds of gateways that mirror a torrent, and answer. */
  List<URI> mirrors(InfoHash infoHash) {
    return mirrors.of(infoHash);
  }

  /** The page that plays a torrent. */
  public String page(InfoHash infoHash) {
    return base() + "/#" + infoHash.hex();
  }

  /** A magnet link that brings its receiver to this gateway. */
  public String magnet(KnownTorrent torrent) {
    return magnet(torrent, torrent.info());
  }

  /**
   * The same.
   *
   * @param info what the torrent says, when that is known
   */
  String magnet(KnownTorrent torrent, Optional<TorrentInfo> info) {
    return magnetTo(torrent, info.map(this::webSeed));
  }

  /** The same, for a torrent of one file whose name is the torrent's. */
  String magnetOfFile(KnownTorrent torrent) {
    return magnetTo(torrent, Optional.of(URI.create(webSeed(torrent.infoHash(), torrent.name()))));
  }

  private String magnetTo(KnownTorrent torrent, Optional<URI> webSeed) {
    InfoHash infoHash = torrent.infoHash();
    List<URI> trackers = trackers(torrent).stream().flatMap(List::stream).toList();
    return MagnetLink.format(
        new Magnet(
            infoHash,
            Optional.of(torrent.name()),
            trackers,
            webSeed.stream().toList(),
            List.of(),
            List.of(),
            List.of()));
  }
}
