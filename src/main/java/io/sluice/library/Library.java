package io.sluice.library;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

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

  private record Entry(KnownTorrent torrent, long order) {}

  private final SwarmOpener opener;
  private final LibraryStore store;
  private final Holdings holdings;
  private final LibraryLimits limits;
  private final Clock clock;
  private final LongSupplier nanoClock;
  private final Map<InfoHash, Entry> entries = new ConcurrentHashMap<>();
  private final ConcurrentNavigableMap<Long, KnownTorrent> inOrder = new ConcurrentSkipListMap<>();
  private final Set<KnownTorrent> awake = ConcurrentHashMap.newKeySet();

  /** What has to be written, or deleted if it is not known any more. */
  private final Set<InfoHash> unsaved = ConcurrentHashMap.newKeySet();

  private final AtomicLong sequence = new AtomicLong();
  private final AtomicLong removals = new AtomicLong();
  private final AtomicInteger fetching = new AtomicInteger();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sluice-library").daemon().factory());

  // Adding and removing are rare and short; one lock keeps limit, order and quota exact.
  private final Object changes = new Object();
  private final KeptBytes kept;
  private long arrivals;
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
    kept = new KeptBytes(() -> Math.min(limits.keptBytes(), holdings.limitBytes()));
    for (TorrentRecord record : store.load()) {
      KnownTorrent torrent = new KnownTorrent(this, record);
      put(torrent);
      // What did fit once is kept, also when there is less room now.
      if (torrent.policy() == Policy.KEPT) {
        torrent.summary().ifPresent(known -> kept.force(torrent.infoHash(), known.totalBytes()));
        pinIfKept(torrent);
      }
    }
    if (!entries.isEmpty()) {
      LOG.infof("The library has %d torrents", entries.size());
    }
  }

  private void put(KnownTorrent torrent) {
    long order = arrivals++;
    entries.put(torrent.infoHash(), new Entry(torrent, order));
    inOrder.put(order, torrent);
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
    for (KnownTorrent torrent : inOrder.values()) {
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
      Entry known = entries.get(given.infoHash());
      added = known == null ? new Added(addNew(given), true) : merge(known.torrent(), given);
    }
    var _ = added.torrent().swarm().wake();
    return added;
  }

  private KnownTorrent addNew(TorrentSource given) {
    if (closed || entries.size() >= limits.torrents()) {
      throw new LibraryFullException(limits.torrents());
    }
    if (given.policy() == Policy.KEPT) {
      given.info().ifPresent(info -> admit(info.infoHash(), info.geometry().totalBytes()));
    }
    KnownTorrent torrent = new KnownTorrent(this, given, clock.instant());
    put(torrent);
    pinIfKept(torrent);
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
      Entry known = entries.get(infoHash);
      if (known == null) {
        return Optional.empty();
      }
      KnownTorrent torrent = known.torrent();
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
      torrent.summary().ifPresent(known -> admit(torrent.infoHash(), known.totalBytes()));
    }
    boolean wasKept = torrent.policy() == Policy.KEPT;
    torrent.become(now);
    if (wasKept && now.policy() != Policy.KEPT) {
      kept.release(torrent.infoHash());
      holdings.pin(torrent.infoHash(), false);
      torrent.fits(true);
    }
    pinIfKept(torrent);
    torrent.fits(torrent.fits());
    changed(torrent);
    if (torrent.wants()) {
      var _ = torrent.swarm().wake();
    }
  }

  private void admit(InfoHash infoHash, long bytes) {
    if (!kept.admit(infoHash, bytes)) {
      throw new QuotaException(kept.refusal(bytes));
    }
  }

  private void pinIfKept(KnownTorrent torrent) {
    if (torrent.policy() == Policy.KEPT) {
      holdings.pin(torrent.infoHash(), true);
    }
  }

  /** The metadata of a torrent has come. */
  void learned(KnownTorrent torrent) {
    synchronized (changes) {
      Entry known = entries.get(torrent.infoHash());
      if (known != null && known.torrent() == torrent) {
        fit(torrent);
        changed(torrent);
      }
    }
  }

  /** Sees whether a torrent that is to be kept has room. */
  private boolean fit(KnownTorrent torrent) {
    boolean fits =
        torrent.policy() != Policy.KEPT
            || torrent
                .summary()
                .map(known -> kept.admit(torrent.infoHash(), known.totalBytes()))
                .orElse(true);
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
    return kept.refusal(torrent.summary().map(TorrentSummary::totalBytes).orElse(0L));
  }

  void changed(KnownTorrent torrent) {
    torrent.changedAt(sequence.incrementAndGet());
    unsaved.add(torrent.infoHash());
  }

  public Optional<KnownTorrent> find(InfoHash infoHash) {
    return Optional.ofNullable(entries.get(infoHash)).map(Entry::torrent);
  }

  public boolean contains(InfoHash infoHash) {
    return entries.containsKey(infoHash);
  }

  public List<KnownTorrent> list() {
    return List.copyOf(inOrder.values());
  }

  /**
   * Part of the listing.
   *
   * @param query what the name or the infohash has in it, in any case; all when empty
   */
  public Page list(String query, int offset, int limit) {
    String wanted = query.toLowerCase(Locale.ROOT);
    Collection<KnownTorrent> found =
        wanted.isEmpty()
            ? inOrder.values()
            : inOrder.values().stream().filter(torrent -> matches(torrent, wanted)).toList();
    int total = wanted.isEmpty() ? entries.size() : found.size();
    return new Page(found.stream().skip(offset).limit(limit).toList(), total);
  }

  private static boolean matches(KnownTorrent torrent, String wanted) {
    return torrent.name().toLowerCase(Locale.ROOT).contains(wanted)
        || torrent.infoHash().hex().startsWith(wanted);
  }

  public int size() {
    return entries.size();
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
      Entry removed = entries.remove(infoHash);
      if (removed == null) {
        return false;
      }
      inOrder.remove(removed.order());
      awake.remove(removed.torrent());
      var _ = removed.torrent().close();
      kept.release(infoHash);
      holdings.forget(infoHash);
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
    for (KnownTorrent torrent : List.copyOf(awake)) {
      if (torrent.restIfQuiet(nowNanos)) {
        awake.remove(torrent);
        changed(torrent);
      } else {
        torrent.fetch();
      }
    }
    int busy = (int) awake.stream().filter(KnownTorrent::wants).count();
    fetching.set(busy);
    for (KnownTorrent torrent : inOrder.values()) {
      if (!torrent.fits()) {
        synchronized (changes) {
          boolean _ = entries.containsKey(torrent.infoHash()) && fit(torrent);
        }
      }
    }
    // Those that have waited longest, so that each gets its turn.
    inOrder.values().stream()
        .filter(torrent -> torrent.wants() && torrent.mayTryAgain(nowNanos))
        .sorted(Comparator.comparingLong(torrent -> torrent.sleptAtNanos() - nowNanos))
        .limit(Math.max(0, limits.fetching() - busy))
        .forEach(
            torrent -> {
              fetching.incrementAndGet();
              var _ = torrent.swarm().wake();
            });
  }

  /** Writes what has changed. */
  void save() {
    store.save(new Pending());
  }

  /** What the store has to write, and hears what it has written. */
  private final class Pending implements LibraryStore.Pending {

    @Override
    public Set<InfoHash> changed() {
      return Collections.unmodifiableSet(unsaved);
    }

    @Override
    public @Nullable KnownTorrent find(InfoHash infoHash) {
      Entry entry = entries.get(infoHash);
      return entry == null ? null : entry.torrent();
    }

    @Override
    public void taken(InfoHash infoHash) {
      unsaved.remove(infoHash);
    }

    @Override
    public void notWritten(InfoHash infoHash) {
      unsaved.add(infoHash);
    }

    @Override
    public Collection<KnownTorrent> counting() {
      return awake;
    }

    @Override
    public Collection<KnownTorrent> all() {
      return inOrder.values();
    }
  }

  void woke(KnownTorrent torrent) {
    awake.add(torrent);
    torrent.changedAt(sequence.incrementAndGet());
    if (!contains(torrent.infoHash())) {
      awake.remove(torrent);
    }
  }

  boolean mayFetch() {
    return fetching.get() < limits.fetching();
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
      ending = inOrder.values().stream().map(KnownTorrent::close).toList();
      entries.clear();
      inOrder.clear();
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
