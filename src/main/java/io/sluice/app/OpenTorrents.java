package io.sluice.app;

import io.sluice.http.LibraryListener;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.LibraryFullException;
import io.sluice.library.Policy;
import io.sluice.library.TorrentSource;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The torrents that are here because somebody asked for their bytes ({@code sluice.open}) and for
 * no other reason: they go again when nobody has for long, and the longest unused of them makes
 * room when there is none. Which they are outlives the process, in a file of one infohash and time
 * a line.
 *
 * <p>Safe for any thread.
 */
final class OpenTorrents implements LibraryListener {

  private static final Logger LOG = Logger.getLogger(OpenTorrents.class);
  private static final int MAX_FILE_BYTES = 10_000_000;

  private final Library library;
  private final Path file;
  private final Duration unused;
  private final Clock clock;
  private final Map<InfoHash, Instant> lastUsed = new LinkedHashMap<>(16, 0.75f, true);
  private boolean changed;

  /**
   * @param unused how long one stays after its last reader
   */
  OpenTorrents(Library library, Path file, Duration unused, Clock clock) {
    this.library = library;
    this.file = file;
    this.unused = unused;
    this.clock = clock;
    read();
  }

  /** The torrent; made known when it is not. Empty when there is no room for it. */
  Optional<KnownTorrent> find(InfoHash infoHash) {
    return find(TorrentSource.of(infoHash));
  }

  /**
   * The torrent; made known, with the trackers that the source names, when it is not. What somebody
   * else added is left as it is. Empty when there is no room for it.
   */
  synchronized Optional<KnownTorrent> find(TorrentSource source) {
    InfoHash infoHash = source.infoHash();
    Optional<KnownTorrent> known = library.find(infoHash);
    if (known.isPresent()) {
      boolean ours = lastUsed.replace(infoHash, clock.instant()) != null;
      boolean tellsMore = !source.tiers().isEmpty() || !source.webSeeds().isEmpty();
      return ours && tellsMore ? Optional.of(library.add(source).torrent()) : known;
    }
    try {
      return added(library.add(source));
    } catch (LibraryFullException full) {
      if (!dropLongestUnused()) {
        LOG.debugf("No room for %s: %s", infoHash, full.getMessage());
        return Optional.empty();
      }
      return added(library.add(source));
    }
  }

  private Optional<KnownTorrent> added(Library.Added added) {
    if (added.isNew()) {
      lastUsed.put(added.torrent().infoHash(), clock.instant());
      changed = true;
    }
    return Optional.of(added.torrent());
  }

  private boolean dropLongestUnused() {
    for (InfoHash infoHash : List.copyOf(lastUsed.keySet())) {
      if (!isRead(infoHash)) {
        lastUsed.remove(infoHash);
        changed = true;
        if (library.remove(infoHash)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isRead(InfoHash infoHash) {
    return library.find(infoHash).filter(known -> known.swarm().status().readers() > 0).isPresent();
  }

  synchronized boolean contains(InfoHash infoHash) {
    return lastUsed.containsKey(infoHash);
  }

  /** Lets those go that nobody has used for long; to be called now and then. */
  synchronized void sweep() {
    Instant now = clock.instant();
    for (Map.Entry<InfoHash, Instant> each : new ArrayList<>(lastUsed.entrySet())) {
      InfoHash infoHash = each.getKey();
      Optional<KnownTorrent> known = library.find(infoHash);
      if (known.isEmpty() || known.get().policy() != Policy.CACHED) {
        lastUsed.remove(infoHash);
        changed = true;
      } else if (isRead(infoHash)) {
        lastUsed.replace(infoHash, now);
        changed = true;
      } else if (each.getValue().plus(unused).isBefore(now)) {
        lastUsed.remove(infoHash);
        changed = true;
        library.remove(infoHash);
      }
    }
    save();
  }

  @Override
  public synchronized void claimed(InfoHash infoHash) {
    changed |= lastUsed.remove(infoHash) != null;
  }

  @Override
  public void removed(InfoHash infoHash) {
    claimed(infoHash);
  }

  private void read() {
    try {
      if (!Files.exists(file) || Files.size(file) > MAX_FILE_BYTES) {
        return;
      }
      for (String line : Files.readAllLines(file)) {
        String[] words = line.split(" ", 2);
        lastUsed.put(
            InfoHash.parse(words[0]), Instant.ofEpochSecond(Long.parseLong(words[1].strip())));
      }
    } catch (IOException | RuntimeException unreadable) {
      LOG.warnf("%s cannot be used: torrents in it stay", file);
    }
  }

  private void save() {
    if (!changed) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    lastUsed.forEach(
        (infoHash, at) ->
            lines.append(infoHash.hex()).append(' ').append(at.getEpochSecond()).append('\n'));
    try {
      Path half = file.resolveSibling(file.getFileName() + ".half");
      Files.writeString(half, lines);
      Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      changed = false;
    } catch (IOException failure) {
      LOG.debugf("%s is not kept: %s", file, failure);
    }
  }
}
