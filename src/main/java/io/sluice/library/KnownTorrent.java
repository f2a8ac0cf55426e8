package io.sluice.library;

import io.sluice.library.SwarmOpener.Presence;
import io.sluice.library.SwarmOpener.Session;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.Swarm;
import io.sluice.swarm.SwarmStatus;
import io.sluice.wire.InfoHash;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A torrent of the library: where it came from, what is to be done for it, and the swarm that
 * serves it. One that nobody uses is dormant: it has no session, and little more than its name is
 * in memory.
 *
 * <p>The same object for as long as the torrent is known. Safe for any thread; nothing blocks but
 * {@link #info}, which reads a file of a torrent that is dormant.
 */
public final class KnownTorrent {

  private static final Logger LOG = Logger.getLogger(KnownTorrent.class);

  private final Library library;
  private final Instant added;
  private final OnDemandSwarm swarm;
  private final LocalFiles files;
  private final Dormancy dormancy;

  /** Without metadata. */
  private volatile TorrentSource source;

  private volatile Optional<TorrentSummary> summary;

  /** Of the runs before, and what is counted here; changed under the torrent's lock. */
  private volatile Counters counters;

  /** Metadata that is not on disk yet. */
  private volatile @Nullable TorrentInfo unsaved;

  /** Whether what there is to remember is on disk; the counters aside. */
  private volatile boolean saved;

  private volatile boolean fits = true;
  private volatile boolean fetching;
  private volatile @Nullable Presence presence;
  private volatile long changedAt;

  /** As the state on disk has them; confined to the library's thread. */
  private Counters savedCounters;

  /** One that has just come. */
  KnownTorrent(Library library, TorrentSource given, Instant added) {
    this(library, given, added, Counters.NONE, seeded(given));
    given.info().ifPresent(this::learn);
  }

  /** One of an earlier run. */
  KnownTorrent(Library library, TorrentRecord record) {
    this(library, record.source(), record.added(), record.counters(), record.files());
    summary = record.summary();
    saved = true;
    savedCounters = record.counters();
    dormancy.mayTryNow();
  }

  private static List<SeededFile> seeded(TorrentSource given) {
    return given.files() instanceof SeededFiles seeded ? seeded.files() : List.of();
  }

  private KnownTorrent(
      Library library,
      TorrentSource given,
      Instant added,
      Counters counters,
      List<SeededFile> files) {
    this.library = library;
    this.added = added;
    this.counters = counters;
    source = given.files() instanceof SeededFiles ? given.bare() : given.withoutInfo();
    summary = Optional.empty();
    this.files = new LocalFiles(files);
    savedCounters = Counters.NONE;
    dormancy = new Dormancy(library);
    swarm = new OnDemandSwarm(given.infoHash(), new Sessions());
  }

  public InfoHash infoHash() {
    return source.infoHash();
  }

  /** Where it came from; without its metadata and its files. */
  public TorrentSource source() {
    return source;
  }

  public Policy policy() {
    return source.policy();
  }

  public Instant added() {
    return added;
  }

  /** What the metadata says in short, once it is known. */
  public Optional<TorrentSummary> summary() {
    return summary;
  }

  /** What the torrent says, once it is known; reads a file when the torrent is dormant. */
  public Optional<TorrentInfo> info() {
    return swarm.info();
  }

  /** BEP 27; false while nobody knows. */
  public boolean privateTorrent() {
    return summary.map(TorrentSummary::privateTorrent).orElse(false);
  }

  /** The swarm, which may be asleep. */
  public OnDemandSwarm swarm() {
    return swarm;
  }

  /**
   * The swarm for somebody who uses the torrent, woken if need be; a future of the caller's own.
   */
  public CompletableFuture<Swarm> use() {
    Instant now = library.now();
    synchronized (this) {
      boolean view =
          counters
              .lastUsed()
              .map(last -> last.plus(library.limits().viewGap()).isBefore(now))
              .orElse(true);
      counters = counters.usedAt(now, view);
    }
    dormancy.touch();
    return swarm.wake();
  }

  /** The best name there is: the torrent's own, the magnet's, or the infohash. */
  public String name() {
    return summary
        .map(TorrentSummary::name)
        .or(source::displayName)
        .orElseGet(() -> infoHash().hex());
  }

  /** What has been counted, in this run and those before. */
  public Counters counters() {
    SwarmStatus status = swarm.status();
    return counters.plus(status.uploaded(), status.downloaded());
  }

  /** Bytes that survive if this process is killed now. */
  public long safeBytes() {
    if (!files.list().isEmpty()) {
      return filesProblem().isEmpty() ? summary.map(TorrentSummary::totalBytes).orElse(0L) : 0;
    }
    return library.holdings().heldBytes(infoHash());
  }

  /** Whether all of it, and that it is to be there, survives if this process is killed now. */
  public boolean safe() {
    return saved
        && unsaved == null
        && summary.map(known -> safeBytes() >= known.totalBytes()).orElse(false);
  }

  /** What is wrong; one line. */
  public Optional<String> problem() {
    if (!fits) {
      return Optional.of(library.doesNotFit(this));
    }
    return filesProblem()
        .or(() -> fetchesWhole() ? library.holdings().problem() : Optional.empty());
  }

  /** What is wrong with the user's files in which it lies; one line. */
  Optional<String> filesProblem() {
    return files.problem();
  }

  /** Grows whenever something of this torrent has changed but what its swarm says of itself. */
  public long changedAt() {
    return changedAt;
  }

  // For the library.

  void changedAt(long sequence) {
    changedAt = sequence;
  }

  /** Joins the torrent's peers, once. */
  void open(SwarmOpener opener) {
    if (presence != null) {
      return;
    }
    presence = opener.open(source, privateTorrent(), swarm);
    summary.ifPresent(this::tellPresence);
  }

  private void tellPresence(TorrentSummary known) {
    Presence open = presence;
    if (open != null) {
      open.known(known);
    }
  }

  /** Says what else is known of the torrent. */
  void become(TorrentSource now) {
    source = now.withoutInfo();
    saved = false;
    Presence open = presence;
    if (open != null) {
      open.changed(now);
    }
    swarm.changed(now);
  }

  /** Files of this machine turn out to be the torrent's. */
  void seed(TorrentSource more) {
    if (more.files() instanceof SeededFiles && files.replace(seeded(more))) {
      saved = false;
      swarm.sleep();
      library.changed(this);
    }
  }

  /** Says whether there is room for all of it. */
  void fits(boolean now) {
    fits = now;
    fetch();
  }

  /** Fetches what is to be kept, as long as there is a disk that takes it. */
  void fetch() {
    boolean now = fetchesNow();
    if (now != fetching) {
      fetching = now;
      swarm.keepWhole(now);
    }
  }

  /** What no disk takes would leave memory and be fetched again, for ever. */
  private boolean fetchesNow() {
    return fetchesWhole() && library.holdings().problem().isEmpty();
  }

  boolean fits() {
    return fits;
  }

  boolean fetchesWhole() {
    return policy() == Policy.KEPT && fits;
  }

  /** Whether it lacks something that peers could give, and that is wanted though nobody reads. */
  boolean wants() {
    return summary.map(known -> fetchesNow() && safeBytes() < known.totalBytes()).orElse(true);
  }

  boolean mayTryAgain(long nowNanos) {
    return !swarm.awake() && dormancy.mayTryAgain(nowNanos);
  }

  long sleptAtNanos() {
    return dormancy.sleptAtNanos();
  }

  /** Goes to rest if nobody has used the torrent for long enough and nothing is lost by it. */
  boolean restIfQuiet(long nowNanos) {
    if (!dormancy.isDue(this, nowNanos)) {
      return false;
    }
    if (files.close()) {
      saved = false;
      library.changed(this);
    }
    swarm.sleep();
    return true;
  }

  /** Where its files lie, by file index, when they are the user's; empty otherwise. */
  List<SeededFile> seededFiles() {
    return files.list();
  }

  /** Sees whether the files are as they were while the torrent is dormant; does I/O. */
  void lookAtFiles() {
    if (swarm.awake() || !files.look()) {
      return;
    }
    Optional<String> now = filesProblem();
    LOG.warnf("%s: %s", name(), now.orElse("the files are as they were again"));
    library.changed(this);
    if (now.isPresent()) {
      // It may be that only their time is another, which is found out by reading them.
      var _ = swarm.wake();
    }
  }

  private void learn(TorrentInfo info) {
    unsaved = info;
    summary = Optional.of(TorrentSummary.of(info));
    saved = false;
  }

  private void metadataKnown(TorrentInfo info) {
    learn(info);
    tellPresence(TorrentSummary.of(info));
    library.learned(this);
  }

  /** Metadata came from somewhere else than peers. */
  void given(TorrentInfo info) {
    if (summary.isEmpty()) {
      metadataKnown(info);
      swarm.know(info);
    }
  }

  /** What is to be written, if its metadata is. */
  Optional<TorrentInfo> unsaved() {
    return Optional.ofNullable(unsaved);
  }

  TorrentRecord record() {
    return new TorrentRecord(
        source.bare(),
        added,
        unsaved == null ? summary : Optional.empty(),
        files.list(),
        counters());
  }

  void metadataSaved() {
    unsaved = null;
  }

  void saved(TorrentRecord record) {
    savedCounters = record.counters();
    // What came meanwhile makes it dirty again.
    saved = source.bare().equals(record.source()) && record.files().equals(files.list());
  }

  /** The counters, if the state on disk has others. */
  Optional<Counters> unsavedCounters() {
    Counters now = counters();
    return now.equals(savedCounters) ? Optional.empty() : Optional.of(now);
  }

  void saved(Counters written) {
    savedCounters = written;
  }

  /**
   * Leaves the swarm and forgets the session; to be done with once only. Completes when nothing is
   * left of it.
   */
  CompletableFuture<?> close() {
    Presence open = presence;
    presence = null;
    if (open != null) {
      open.close();
    }
    return swarm.close();
  }

  /** What the swarm asks of us. */
  private final class Sessions implements OnDemandSwarm.Host {

    @Override
    public Optional<TorrentInfo> info() {
      TorrentInfo fresh = unsaved;
      if (fresh != null) {
        return Optional.of(fresh);
      }
      return summary.isEmpty() ? Optional.empty() : library.readInfo(infoHash());
    }

    @Override
    public Session start() {
      Optional<TorrentInfo> info = info();
      TorrentSource full = source.withInfo(info);
      if (info.isPresent() && !files.list().isEmpty()) {
        full = full.withFiles(files.open(info.get()));
      }
      Session session = library.opener().start(full, KnownTorrent.this::metadataKnown);
      boolean now = fetchesNow();
      fetching = now;
      session.keepWhole(now);
      dormancy.touch();
      return session;
    }

    @Override
    public SwarmStatus asleep() {
      return new SwarmStatus(
          summary.isPresent() ? SwarmStatus.Phase.READY : SwarmStatus.Phase.METADATA,
          Optional.empty(),
          summary.isPresent() ? safeBytes() : 0,
          summary.map(TorrentSummary::totalBytes).orElse(0L),
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0);
    }

    @Override
    public boolean wants() {
      return KnownTorrent.this.wants();
    }

    @Override
    public boolean mayFetch() {
      return library.mayFetch();
    }

    @Override
    public void woke() {
      library.woke(KnownTorrent.this);
    }
  }

  @Override
  public String toString() {
    return infoHash() + " " + name();
  }
}
