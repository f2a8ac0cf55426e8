package io.sluice.library;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * The torrents that this gateway knows, never more than its limit, and what is remembered of them
 * across restarts.
 *
 * <p>Safe for any thread. Nothing here blocks but {@link #close}: what there is to remember is
 * written by a thread of the library's own, within a second. The listing is in the order in which
 * the torrents came.
 */
public final class Library implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Library.class);
  private static final int END_SECONDS = 5;
  private static final long TURN_MILLIS = 500;

  /** Whether an {@link #add} brought something new. */
  public record Added(KnownTorrent torrent, boolean isNew) {}

  /**
   * A part of the listing.
   *
   * @param total torrents of the whole of it
   */
  public record Page(List<KnownTorrent> torrents, int total) {}

  private final SwarmOpener opener;
  private final LibraryStore store;
  private final Holdings holdings;
  private final LibraryLimits limits;
  private final Clock clock;
  private final LongSupplier nanoClock;
  private final Listing torrents = new Listing();
  private final AwakeTorrents awake;
  private final UnsavedTorrents unsaved;
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicLong removals = new AtomicLong();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sluice-library").daemon().factory());

  // Adding and removing are rare and short; one lock keeps limit, order and quota exact.
  private final Object changes = new Object();
  private final KeptTorrents kept;
  private boolean begun;
  private boolean closed;

  /** Knows what the store knows; nothing is announced before {@link #begin}. */
  public Library(
      SwarmOpener opener,
      LibraryStore store,
      Holdings holdings,
      LibraryLimits limits,
      Clock clock,
      LongSupplier nanoClock) {
    this.opener = opener;
    this.store = store;
    this.holdings = holdings;
    this.limits = limits;
    this.clock = clock;
    this.nanoClock = nanoClock;
    kept = new KeptTorrents(holdings, limits);
    awake = new AwakeTorrents(limits);
    unsaved = new UnsavedTorrents(torrents, awake);
    for (TorrentRecord record : store.load()) {
      KnownTorrent torrent = new KnownTorrent(this, record);
      put(torrent);
      kept.restore(torrent);
    }
    if (torrents.size() > 0) {
      LOG.infof("The library has %d torrents", torrents.size());
    }
  }

  private void put(KnownTorrent torrent) {
    torrents.add(torrent);
    torrent.changedAt(sequence.incrementAndGet());
  }

  /** Announces what is known, from now on and little by little, and remembers what changes. */
  public void begin() {
    synchronized (changes) {
      if (begun || closed) {
        return;
      }
      begun = true;
      var _ = timer.scheduleWithFixedDelay(this::turn, 0, TURN_MILLIS, TimeUnit.MILLISECONDS);
    }
    for (KnownTorrent torrent : torrents.inOrder()) {
      // Not all at a time: whoever adds a torrent meanwhile is not to wait for ten thousand.
      synchronized (changes) {
        if (contains(torrent.infoHash())) {
          torrent.open(opener);
        }
      }
    }
  }

  /**
   * Makes a torrent known and starts its swarm; one that is known already learns which trackers,
   * peers and web seeds it has besides, and gets the policy when that is the stronger one.
   *
   * @throws LibraryFullException when there is no room for one more
   * @throws QuotaException when it is to be kept and is too large; nothing has changed then
   */
  public Added add(TorrentSource given) {
    Added added;
    synchronized (changes) {
      KnownTorrent known = torrents.find(given.infoHash());
      added = known == null ? new Added(addNew(given), true) : merge(known, given);
    }
    var _ = added.torrent().swarm().wake();
    return added;
  }

  private KnownTorrent addNew(TorrentSource given) {
    if (closed || torrents.size() >= limits.torrents()) {
      throw new LibraryFullException(limits.torrents());
    }
    if (given.policy() == Policy.KEPT) {
      given.info().ifPresent(info -> kept.admit(info.infoHash(), info.geometry().totalBytes()));
    }
    KnownTorrent torrent = new KnownTorrent(this, given, clock.instant());
    put(torrent);
    kept.pin(torrent);
    if (begun) {
      torrent.open(opener);
    }
    changed(torrent);
    LOG.infof("Added %s", torrent.infoHash());
    return torrent;
  }

  private Added merge(KnownTorrent known, TorrentSource more) {
    TorrentSource before = known.source();
    TorrentSource merged =
        known.privateTorrent()
            ? before.withPolicy(before.policy().stronger(more.policy()))
            : before.with(more);
    replace(known, merged.withoutInfo());
    if (known.summary().isEmpty()) {
      more.info().ifPresent(known::given);
    }
    known.seed(more);
    return new Added(known, false);
  }

  /**
   * Puts a torrent under another policy, a weaker one too; one that is seeded stays so. Nothing
   * when it is not known.
   *
   * @throws QuotaException when it is to be kept and is too large; nothing has changed then
   */
  public Optional<KnownTorrent> policy(InfoHash infoHash, Policy policy) {
    synchronized (changes) {
      KnownTorrent torrent = torrents.find(infoHash);
      if (torrent == null) {
        return Optional.empty();
      }
      if (torrent.policy() != Policy.SEEDED) {
        replace(torrent, torrent.source().withPolicy(policy));
      }
      return Optional.of(torrent);
    }
  }

  private void replace(KnownTorrent torrent, TorrentSource now) {
    if (now.equals(torrent.source())) {
      return;
    }
    if (now.policy() == Policy.KEPT && torrent.policy() != Policy.KEPT) {
      torrent.summary().ifPresent(known -> kept.admit(torrent.infoHash(), known.totalBytes()));
    }
    boolean wasKept = torrent.policy() == Policy.KEPT;
    torrent.become(now);
    if (wasKept && now.policy() != Policy.KEPT) {
      kept.release(torrent.infoHash());
      torrent.fits(true);
    }
    kept.pin(torrent);
    torrent.fits(torrent.fits());
    changed(torrent);
    if (torrent.wants()) {
      var _ = torrent.swarm().wake();
    }
  }

  /** The metadata of a torrent has come. */
  void learned(KnownTorrent torrent) {
    synchronized (changes) {
      if (torrents.find(torrent.infoHash()) == torrent) {
        fit(torrent);
        changed(torrent);
      }
    }
  }

  /** Sees whether a torrent that is to be kept has room. */
  private boolean fit(KnownTorrent torrent) {
    boolean fits = kept.fits(torrent);
    if (fits != torrent.fits()) {
      torrent.fits(fits);
      changed(torrent);
      if (!fits) {
        LOG.warnf("%s is not fetched: %s", torrent.infoHash(), doesNotFit(torrent));
      }
    }
    return fits;
  }

  String doesNotFit(KnownTorrent torrent) {
    return kept.refusal(torrent);
  }

  void changed(KnownTorrent torrent) {
    torrent.changedAt(sequence.incrementAndGet());
    unsaved.add(torrent.infoHash());
  }

  public Optional<KnownTorrent> find(InfoHash infoHash) {
    return Optional.ofNullable(torrents.find(infoHash));
  }

  public boolean contains(InfoHash infoHash) {
    return torrents.contains(infoHash);
  }

  public List<KnownTorrent> list() {
    return List.copyOf(torrents.inOrder());
  }

  /**
   * Part of the listing.
   *
   * @param query what the name or the infohash has in it, in any case; all when empty
   */
  public Page list(String query, int offset, int limit) {
    return torrents.page(query, offset, limit);
  }

  public int size() {
    return torrents.size();
  }

  /** Torrents with a session. */
  public int awake() {
    return awake.size();
  }

  /** Grows with each change; see {@link KnownTorrent#changedAt}. */
  public long sequence() {
    return sequence.get();
  }

  /** Grows with each removal. */
  public long removals() {
    return removals.get();
  }

  /** Why what changes is not remembered, if so; one line. */
  public Optional<String> problem() {
    return store.problem();
  }

  /** Forgets a torrent and what is held of it, and stops its swarm; whether it was known. */
  public boolean remove(InfoHash infoHash) {
    synchronized (changes) {
      KnownTorrent removed = torrents.remove(infoHash);
      if (removed == null) {
        return false;
      }
      awake.remove(removed);
      var _ = removed.close();
      kept.forget(infoHash);
      removals.incrementAndGet();
      unsaved.add(infoHash);
      LOG.infof("Removed %s", infoHash);
      return true;
    }
  }

  // Every half second, on the library's thread.

  private void turn() {
    try {
      sweep();
      save();
    } catch (RuntimeException bug) {
      LOG.error("The library failed", bug);
    }
  }

  /** Lets those rest that nobody uses, and those try again that want something. */
  void sweep() {
    long nowNanos = nowNanos();
    awake.letRest(nowNanos, this::changed);
    for (KnownTorrent torrent : torrents.inOrder()) {
      if (!torrent.fits()) {
        synchronized (changes) {
          boolean _ = contains(torrent.infoHash()) && fit(torrent);
        }
      }
    }
    awake.tryAgain(torrents.inOrder(), nowNanos);
  }

  /** Writes what has changed. */
  void save() {
    store.save(unsaved);
  }

  void woke(KnownTorrent torrent) {
    awake.add(torrent);
    torrent.changedAt(sequence.incrementAndGet());
    if (!contains(torrent.infoHash())) {
      awake.remove(torrent);
    }
  }

  boolean mayFetch() {
    return awake.mayFetch();
  }

  SwarmOpener opener() {
    return opener;
  }

  Holdings holdings() {
    return holdings;
  }

  LibraryLimits limits() {
    return limits;
  }

  Optional<TorrentInfo> readInfo(InfoHash infoHash) {
    return store.info(infoHash);
  }

  Instant now() {
    return clock.instant();
  }

  long nowNanos() {
    return nanoClock.getAsLong();
  }

  /** Stops all swarms and writes what is not written; nothing can be added afterwards. */
  @Override
  public void close() {
    synchronized (changes) {
      if (closed) {
        return;
      }
      closed = true;
    }
    timer.shutdown();
    try {
      if (!timer.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("The library's thread does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (begun) {
      save();
    }
    store.close();
    List<CompletableFuture<?>> ending;
    synchronized (changes) {
      ending = torrents.inOrder().stream().map(KnownTorrent::close).toList();
      torrents.clear();
      awake.clear();
    }
    // What they have in memory goes to disk, and that is open no longer than we are.
    var _ =
        CompletableFuture.allOf(ending.toArray(CompletableFuture[]::new))
            .completeOnTimeout(null, END_SECONDS, TimeUnit.SECONDS)
            .exceptionally(_ -> null)
            .join();
  }
}
