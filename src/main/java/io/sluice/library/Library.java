package io.sluice.library;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * The torrents that this gateway knows, one swarm each; never more than its limit.
 *
 * <p>Safe for any thread. The listing is in the order in which the torrents came.
 */
public final class Library implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Library.class);

  private record Entry(KnownTorrent torrent, SwarmOpener.OpenSwarm open, long order) {}

  /** Whether an {@link #add} brought something new. */
  public record Added(KnownTorrent torrent, boolean isNew) {}

  private final SwarmOpener opener;
  private final int maxTorrents;
  private final Clock clock;
  private final Map<InfoHash, Entry> entries = new ConcurrentHashMap<>();
  // Adding and removing are rare and short; one lock keeps limit and order exact.
  private final Object changes = new Object();
  private long arrivals;
  private boolean closed;

  public Library(SwarmOpener opener, int maxTorrents, Clock clock) {
    this.opener = opener;
    this.maxTorrents = maxTorrents;
    this.clock = clock;
  }

  /**
   * Makes a torrent known and starts its swarm; one that is known already learns which trackers,
   * peers and web seeds it has besides, and gets the policy when that is the stronger one.
   *
   * @throws LibraryFullException when there is no room
   */
  public Added add(TorrentSource source) {
    synchronized (changes) {
      Entry known = entries.get(source.infoHash());
      if (known != null) {
        return new Added(merge(known, source), false);
      }
      if (closed || entries.size() >= maxTorrents) {
        throw new LibraryFullException(maxTorrents);
      }
      SwarmOpener.OpenSwarm open = opener.open(source);
      KnownTorrent torrent = new KnownTorrent(source, clock.instant(), open.swarm());
      entries.put(source.infoHash(), new Entry(torrent, open, arrivals++));
      LOG.infof("Added %s", torrent.infoHash());
      return new Added(torrent, true);
    }
  }

  private KnownTorrent merge(Entry known, TorrentSource more) {
    KnownTorrent before = known.torrent();
    boolean isPrivate = before.swarm().info().map(TorrentInfo::privateTorrent).orElse(false);
    TorrentSource merged =
        isPrivate
            ? before.source().withPolicy(before.policy().stronger(more.policy()))
            : before.source().with(more);
    return replace(known, merged);
  }

  /**
   * Puts a torrent under another policy, a weaker one too; one that is seeded stays so. Nothing
   * when it is not known.
   */
  public Optional<KnownTorrent> policy(InfoHash infoHash, Policy policy) {
    synchronized (changes) {
      Entry known = entries.get(infoHash);
      if (known == null) {
        return Optional.empty();
      }
      TorrentSource before = known.torrent().source();
      Policy stays = before.policy() == Policy.SEEDED ? Policy.SEEDED : policy;
      return Optional.of(replace(known, before.withPolicy(stays)));
    }
  }

  private KnownTorrent replace(Entry known, TorrentSource merged) {
    KnownTorrent before = known.torrent();
    if (merged.equals(before.source())) {
      return before;
    }
    KnownTorrent now = new KnownTorrent(merged, before.added(), before.swarm());
    entries.put(now.infoHash(), new Entry(now, known.open(), known.order()));
    known.open().more().accept(merged);
    return now;
  }

  public Optional<KnownTorrent> find(InfoHash infoHash) {
    return Optional.ofNullable(entries.get(infoHash)).map(Entry::torrent);
  }

  public boolean contains(InfoHash infoHash) {
    return entries.containsKey(infoHash);
  }

  public List<KnownTorrent> list() {
    return entries.values().stream()
        .sorted((a, b) -> Long.compare(a.order(), b.order()))
        .map(Entry::torrent)
        .toList();
  }

  public int size() {
    return entries.size();
  }

  /** Forgets a torrent and stops its swarm; whether it was known. */
  public boolean remove(InfoHash infoHash) {
    synchronized (changes) {
      Entry removed = entries.remove(infoHash);
      if (removed == null) {
        return false;
      }
      removed.open().close();
      LOG.infof("Removed %s", infoHash);
      return true;
    }
  }

  /** Stops all swarms; nothing can be added afterwards. */
  @Override
  public void close() {
    synchronized (changes) {
      closed = true;
      entries.values().forEach(entry -> entry.open().close());
      entries.clear();
    }
  }
}
