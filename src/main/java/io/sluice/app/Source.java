package io.sluice.app;

import io.sluice.metainfo.Magnet;
import io.sluice.metainfo.MagnetLink;
import io.sluice.metainfo.MetainfoException;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** What a person names on the command line as something to serve. */
sealed interface Source {

  record OfMagnet(Magnet magnet) implements Source {}

  record OfInfoHash(InfoHash infoHash) implements Source {}

  record OfTorrentFile(Path file) implements Source {}

  record OfTorrentUrl(URI url) implements Source {}

  /** A file or folder to seed. */
  record OfContent(Path path) implements Source {}

  /**
   * Tells what a text names; files win over infohashes.
   *
   * @throws IllegalArgumentException with one line that says what would do
   */
  static Source parse(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    try {
      if (lower.startsWith("magnet:")) {
        return new OfMagnet(MagnetLink.parse(text));
      }
      if (lower.startsWith("http://") || lower.startsWith("https://")) {
        return new OfTorrentUrl(URI.create(text));
      }
      Path path = Path.of(text);
      if (Files.exists(path)) {
        boolean torrent = lower.endsWith(".torrent") && Files.isRegularFile(path);
        return torrent ? new OfTorrentFile(path) : new OfContent(path.toAbsolutePath());
      }
      return new OfInfoHash(InfoHash.parse(text));
    } catch (MetainfoException unusable) {
      throw new IllegalArgumentException(text + ": " + unusable.getMessage());
    } catch (WireException | InvalidPathException neither) {
      throw new IllegalArgumentException(
          text + " is neither a magnet link, an infohash, a URL nor a file that exists");
    }
  }
}
