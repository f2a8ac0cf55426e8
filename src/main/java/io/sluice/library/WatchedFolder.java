package io.sluice.library;

import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A folder of which each file and folder is a torrent: published when it has been quiet for a
 * while, taken back when it goes, published anew when it has changed.
 *
 * <p>What is hidden, a symbolic link, or named as programs name what they have not finished is left
 * out. The operating system tells of changes in the folder itself; what changes deeper is seen by
 * looking again. All of it happens on one thread of its own.
 */
public final class WatchedFolder implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(WatchedFolder.class);

  private static final Pattern UNFINISHED =
      Pattern.compile(
          "\\..*|.*~|.*\\.(part|partial|crdownload|download|tmp|temp|swp|aria2|!qb|!ut|filepart)",
          Pattern.CASE_INSENSITIVE);

  /** Files of one folder that are looked at; more cannot become a torrent. */
  private static final int MOST_FILES = 200_000;

  /** How something in the folder looks: a change of any file in it changes this. */
  private record Look(long files, long bytes, long newestMillis, int names) {}

  private static final Look NOTHING = new Look(0, 0, 0, 0);

  /** What is known of something in the folder; confined to the watching thread. */
  private static final class Entry {
    Look look;
    long sinceNanos;
    Optional<Look> tried = Optional.empty();
    SeedJobs.@Nullable Begun job;
    Optional<InfoHash> published = Optional.empty();

    Entry(Look look, long sinceNanos) {
      this.look = look;
      this.sinceNanos = sinceNanos;
    }
  }

  private final Path folder;
  private final Supplier<Map<Path, InfoHash>> earlier;
  private final Consumer<InfoHash> remove;
  private final SeedJobs jobs;
  private final Duration quiet;
  private final Duration rescan;
  private final Map<Path, Entry> entries = new HashMap<>();
  private final Thread watching =
      Thread.ofPlatform().name("sluice-watch").daemon().unstarted(this::watch);

  /** Whether what was published in an earlier run has been taken in; the watching thread's own. */
  private boolean resumed;

  private volatile boolean closed;
  private volatile Optional<String> problem = Optional.empty();

  /**
   * @param earlier what was published of the folder in earlier runs; asked once, does I/O
   * @param remove takes a torrent out of the library
   * @param quiet how long something must have looked the same
   * @param rescan how often all is looked at, changes told or not
   */
  public WatchedFolder(
      Path folder,
      SeedJobs jobs,
      Supplier<Map<Path, InfoHash>> earlier,
      Consumer<InfoHash> remove,
      Duration quiet,
      Duration rescan) {
    this.folder = folder.toAbsolutePath().normalize();
    this.earlier = earlier;
    this.remove = remove;
    this.jobs = jobs;
    this.quiet = quiet;
    this.rescan = rescan;
  }

  public void start() {
    watching.start();
  }

  /** Why it cannot be watched now, if so. */
  public Optional<String> problem() {
    return problem;
  }

  private void watch() {
    try {
      while (!closed) {
        try (WatchService changes = folder.getFileSystem().newWatchService()) {
          folder.register(
              changes,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_DELETE,
              StandardWatchEventKinds.ENTRY_MODIFY);
          follow(changes);
        } catch (IOException unreadable) {
          // What was published says by itself that its files are gone.
          say(Optional.of("the watched folder %s cannot be read".formatted(folder)));
          TimeUnit.NANOSECONDS.sleep(rescan.toNanos());
        }
      }
    } catch (InterruptedException stop) {
      LOG.debug("No longer watching");
    }
  }

  /** Looks again and again, until the folder itself goes. */
  private void follow(WatchService changes) throws IOException, InterruptedException {
    boolean valid = true;
    while (!closed && valid) {
      boolean unsettled = look(System.nanoTime());
      say(Optional.empty());
      Duration wait = unsettled && quiet.compareTo(rescan) < 0 ? quiet.dividedBy(2) : rescan;
      WatchKey key = changes.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
      if (key != null) {
        key.pollEvents();
        valid = key.reset();
        // A burst of writes is one change.
        TimeUnit.NANOSECONDS.sleep(quiet.dividedBy(10).toNanos());
      }
    }
  }

  private void say(Optional<String> now) {
    if (!now.equals(problem)) {
      problem = now;
      LOG.warn(now.orElseGet(() -> "The watched folder %s can be read again".formatted(folder)));
    }
  }

  /** Looks at everything once; whether something is not settled yet. */
  private boolean look(long nowNanos) throws IOException {
    Set<Path> here = new HashSet<>();
    boolean unsettled = false;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path path : all) {
        if (usable(path)) {
          here.add(path);
          unsettled |= look(path, nowNanos);
        }
      }
    }
    resume(here);
    for (Path gone : Set.copyOf(entries.keySet())) {
      unsettled |= !here.contains(gone) && !leave(gone);
    }
    return unsettled;
  }

  /**
   * Takes over what was published in an earlier run. An empty folder says nothing: what is to be
   * mounted there may come yet, and meanwhile each torrent says that its files have vanished.
   */
  private void resume(Set<Path> here) {
    if (resumed || here.isEmpty()) {
      return;
    }
    resumed = true;
    earlier
        .get()
        .forEach(
            (path, infoHash) -> {
              Path child = folder.resolve(String.valueOf(path.getFileName()));
              entries.computeIfAbsent(child, _ -> new Entry(NOTHING, System.nanoTime())).published =
                  Optional.of(infoHash);
            });
  }

  /** Something is not here any more; whether it has been seen to. */
  private boolean leave(Path gone) {
    Entry entry = entries.get(gone);
    if (entry == null) {
      return true;
    }
    finish(gone, entry);
    if (entry.job != null) {
      return false;
    }
    entries.remove(gone);
    takeBack(gone, entry);
    return true;
  }

  private static boolean usable(Path path) {
    return !UNFINISHED.matcher(String.valueOf(path.getFileName())).matches()
        && (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
            || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS));
  }

  private boolean look(Path path, long nowNanos) {
    Optional<Look> seen = lookAt(path);
    if (seen.isEmpty()) {
      return true;
    }
    Look look = seen.get();
    Entry entry = entries.computeIfAbsent(path, _ -> new Entry(look, nowNanos));
    if (entry.job != null) {
      finish(path, entry);
      return true;
    }
    if (!entry.look.equals(look)) {
      entry.look = look;
      entry.sinceNanos = nowNanos;
    }
    if (entry.tried.filter(look::equals).isPresent()) {
      return false;
    }
    if (nowNanos - entry.sinceNanos >= quiet.toNanos() && look.bytes() > 0) {
      publish(path, entry);
    }
    return true;
  }

  private void publish(Path path, Entry entry) {
    entry.tried = Optional.of(entry.look);
    try {
      entry.job = jobs.begin(path);
    } catch (SeedJobs.TooManyException later) {
      entry.tried = Optional.empty();
    }
  }

  /** Takes what has come of hashing, in the place of what was published before. */
  private void finish(Path path, Entry entry) {
    SeedJobs.Begun begun = entry.job;
    if (begun == null || !begun.now().done()) {
      return;
    }
    SeedJobs.Job job = begun.now();
    entry.job = null;
    if (!entry.published.equals(job.infoHash())) {
      takeBack(path, entry);
    }
    entry.published = job.infoHash();
    job.error()
        .ifPresent(why -> LOG.warnf("%s is not published: %s", shown(job.path()), shown(why)));
    job.infoHash()
        .ifPresent(infoHash -> LOG.infof("Published %s as %s", shown(job.path()), infoHash));
  }

  /** Forgets what was published of a path, unless something else here is the same torrent. */
  private void takeBack(Path path, Entry entry) {
    Optional<InfoHash> was = entry.published;
    entry.published = Optional.empty();
    if (was.isPresent()
        && entries.values().stream().noneMatch(other -> other.published.equals(was))) {
      LOG.infof("Takes back %s", shown(path));
      remove.accept(was.get());
    }
  }

  /** A name as a log may have it: on one line, and nothing that turns it about. */
  private static String shown(Object text) {
    return String.valueOf(text).replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
  }

  private static Optional<Look> lookAt(Path path) {
    long[] sums = new long[3];
    int[] names = new int[1];
    try {
      Files.walkFileTree(
          path,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              sums[1] += attributes.size();
              sums[2] = Math.max(sums[2], attributes.lastModifiedTime().toMillis());
              // A sum, so that the order in which files are listed does not matter.
              names[0] += file.hashCode() * 31 + attributes.lastModifiedTime().hashCode();
              return ++sums[0] < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }
          });
    } catch (IOException inMotion) {
      return Optional.empty();
    }
    return Optional.of(new Look(sums[0], sums[1], sums[2], names[0]));
  }

  @Override
  public void close() {
    closed = true;
    watching.interrupt();
  }
}
