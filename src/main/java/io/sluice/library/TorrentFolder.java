package io.sluice.library;

import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoException;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.metainfo.MetainfoWriter;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The metadata of torrents, each in a {@code .torrent} file that any client reads, named after its
 * infohash, with the info dictionary byte for byte as it came. A file is whole or it is not there;
 * one whose content has another infohash is renamed and counts as not there.
 *
 * <p>Holds the metadata that was read last, within a bound. Safe for any thread; all methods do
 * I/O.
 */
final class TorrentFolder {

  private static final Logger LOG = Logger.getLogger(TorrentFolder.class);
  private static final int MOST_FILE_BYTES = 2 * Metainfo.MAX_FILE_BYTES;

  private final Path folder;
  private final int cachedBytes;

  /** Least recently used first; guarded by itself. */
  private final Map<InfoHash, TorrentInfo> recent = new LinkedHashMap<>(16, 0.75F, true);

  private long recentBytes;

  TorrentFolder(Path folder, int cachedBytes) {
    this.folder = folder;
    this.cachedBytes = cachedBytes;
  }

  /** Two characters of a folder's name keep folders small. */
  private Path file(InfoHash infoHash) {
    String hex = infoHash.hex();
    return folder.resolve(hex.substring(0, 2)).resolve(hex + ".torrent");
  }

  /** Writes a file, and forces it to the device. */
  void write(Metainfo metainfo) throws IOException {
    Path file = file(metainfo.info().infoHash());
    Files.createDirectories(file.getParent());
    WholeFile.replace(file, MetainfoWriter.write(metainfo));
  }

  /** What a torrent says, if it is here and whole. */
  Optional<TorrentInfo> read(InfoHash infoHash) {
    synchronized (recent) {
      TorrentInfo known = recent.get(infoHash);
      if (known != null) {
        return Optional.of(known);
      }
    }
    Optional<TorrentInfo> found = readFile(infoHash);
    found.ifPresent(this::remember);
    return found;
  }

  private Optional<TorrentInfo> readFile(InfoHash infoHash) {
    Path file = file(infoHash);
    try {
      if (Files.size(file) <= MOST_FILE_BYTES) {
        TorrentInfo info = MetainfoReader.read(Files.readAllBytes(file)).info();
        if (info.infoHash().equals(infoHash)) {
          return Optional.of(info);
        }
      }
      setAside(file, "it is of another torrent");
    } catch (NoSuchFileException none) {
      LOG.debugf("There is no %s", file);
    } catch (MetainfoException damaged) {
      setAside(file, String.valueOf(damaged.getMessage()));
    } catch (IOException failure) {
      LOG.warnf("Cannot read %s: %s", file, failure);
    }
    return Optional.empty();
  }

  private static void setAside(Path file, String reason) {
    Path aside = file.resolveSibling(file.getFileName() + ".damaged");
    try {
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      LOG.warnf("%s is damaged (%s) and now called %s", file, reason, aside.getFileName());
    } catch (IOException failure) {
      LOG.warnf("%s is damaged (%s) and cannot be renamed: %s", file, reason, failure);
    }
  }

  private void remember(TorrentInfo info) {
    synchronized (recent) {
      if (recent.put(info.infoHash(), info) == null) {
        recentBytes += weight(info);
      }
      var oldest = recent.values().iterator();
      while (recentBytes > cachedBytes && oldest.hasNext()) {
        recentBytes -= weight(oldest.next());
        oldest.remove();
      }
    }
  }

  /** The dictionary, its hashes once more, and what objects add to names. */
  private static int weight(TorrentInfo info) {
    return 2 * info.rawInfo().remaining() + 500 * info.files().size();
  }

  /** Deletes a torrent's file. */
  void delete(InfoHash infoHash) throws IOException {
    synchronized (recent) {
      TorrentInfo known = recent.remove(infoHash);
      recentBytes -= known == null ? 0 : weight(known);
    }
    Files.deleteIfExists(file(infoHash));
  }
}
