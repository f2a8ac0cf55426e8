package io.sluice.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.library.MirrorPlan.Held;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Which torrents this gateway has because another one published them, and which it shall not have
 * again since somebody removed them here. Outlives the process, in one file that is replaced whole.
 *
 * <p>Safe for any thread.
 */
final class MirroredTorrents {

  private static final Logger LOG = Logger.getLogger(MirroredTorrents.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_FILE_BYTES = 50_000_000;
  private static final int MAX_DECLINED = 100_000;

  /**
   * One of them.
   *
   * @param from the feed that published it
   * @param cachedBefore whether it was here already, for viewers; it is given back to them
   */
  record Mirrored(URI from, Held held, boolean cachedBefore) {
    Mirrored missing(Optional<Instant> since) {
      return new Mirrored(from, new Held(held.infoHash(), held.lengthBytes(), since), cachedBefore);
    }
  }

  private final Path file;
  private final Map<InfoHash, Mirrored> torrents = new LinkedHashMap<>();
  private final Set<InfoHash> declined = new HashSet<>();
  private boolean changed;

  MirroredTorrents(Path file) {
    this.file = file;
    read();
  }

  synchronized List<Mirrored> list() {
    return List.copyOf(torrents.values());
  }

  synchronized Optional<Mirrored> find(InfoHash infoHash) {
    return Optional.ofNullable(torrents.get(infoHash));
  }

  synchronized boolean isDeclined(InfoHash infoHash) {
    return declined.contains(infoHash);
  }

  synchronized void put(Mirrored torrent) {
    changed |= !torrent.equals(torrents.put(torrent.held().infoHash(), torrent));
  }

  /** It is nobody's, or somebody else's; which of them it was. */
  synchronized Optional<Mirrored> remove(InfoHash infoHash) {
    Optional<Mirrored> removed = Optional.ofNullable(torrents.remove(infoHash));
    changed |= removed.isPresent();
    return removed;
  }

  /** Somebody removed it here. */
  synchronized void decline(InfoHash infoHash) {
    if (remove(infoHash).isPresent() && declined.size() < MAX_DECLINED) {
      declined.add(infoHash);
    }
  }

  /** Somebody added it here. */
  synchronized void claim(InfoHash infoHash) {
    remove(infoHash);
    changed |= declined.remove(infoHash);
  }

  private void read() {
    try {
      if (!Files.exists(file) || Files.size(file) > MAX_FILE_BYTES) {
        return;
      }
      JsonNode all = JSON.readTree(file.toFile());
      for (JsonNode each : all.path("torrents")) {
        InfoHash infoHash = InfoHash.parse(each.path("infohash").asText());
        Optional<Instant> missing =
            Optional.ofNullable(each.get("missingSince")).map(JsonNode::asText).map(Instant::parse);
        torrents.put(
            infoHash,
            new Mirrored(
                URI.create(each.path("from").asText()),
                new Held(infoHash, each.path("length").asLong(), missing),
                each.path("cachedBefore").asBoolean()));
      }
      for (JsonNode each : all.path("declined")) {
        declined.add(InfoHash.parse(each.asText()));
      }
    } catch (IOException | WireException | IllegalArgumentException | DateTimeException broken) {
      LOG.warnf("%s cannot be used: what was mirrored stays, and is nobody's", file);
    }
  }

  /** Writes what has changed; to be called when nothing waits for it. */
  void save() {
    ObjectNode all = JSON.createObjectNode();
    synchronized (this) {
      if (!changed) {
        return;
      }
      changed = false;
      var list = all.putArray("torrents");
      for (Mirrored each : new ArrayList<>(torrents.values())) {
        ObjectNode one = list.addObject();
        one.put("infohash", each.held().infoHash().hex());
        one.put("from", each.from().toString());
        one.put("length", each.held().lengthBytes());
        one.put("cachedBefore", each.cachedBefore());
        each.held().missingSince().ifPresent(since -> one.put("missingSince", since.toString()));
      }
      var refused = all.putArray("declined");
      declined.forEach(infoHash -> refused.add(infoHash.hex()));
    }
    try {
      Path half = file.resolveSibling(file.getFileName() + ".half");
      Files.write(half, JSON.writeValueAsBytes(all));
      Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      synchronized (this) {
        changed = true;
      }
      LOG.debugf("%s is not kept: %s", file, failure);
    }
  }
}
