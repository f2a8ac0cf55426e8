package io.sluice.library;

import io.sluice.metainfo.BuiltTorrent;
import io.sluice.metainfo.MetainfoException;
import io.sluice.metainfo.SourceFiles;
import io.sluice.metainfo.TorrentBuilder;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Makes torrents of files and folders of this machine, and hands them to the library.
 *
 * <p>One is hashed at a time, so that hashing takes one processor and one reading head at most, and
 * what was hashed is streamed meanwhile. Safe for any thread; no method waits for the hashing.
 */
public final class SeedJobs implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(SeedJobs.class);

  /** Jobs that are remembered, and that may wait. */
  private static final int MOST = 1000;

  /** There are too many jobs; the message is for whoever asked. No stack trace. */
  public static final class TooManyException extends RuntimeException {
    private TooManyException() {
      super(MOST + " files or folders wait to be hashed already", null, false, false);
    }
  }

  /**
   * How far a job is, at one moment.
   *
   * @param hashedBytes of {@code totalBytes}, which is 0 while it waits for its turn
   * @param infoHash once the torrent is in the library
   * @param error why there will be none
   */
  public record Job(
      String id,
      Path path,
      long hashedBytes,
      long totalBytes,
      Optional<InfoHash> infoHash,
      Optional<String> error) {

    private static Job waiting(Path path) {
      String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      return new Job(id, path, 0, 0, Optional.empty(), Optional.empty());
    }

    private Job hashed(long bytes, long ofBytes) {
      return new Job(id, path, bytes, ofBytes, infoHash, error);
    }

    private Job ended(InfoHash made) {
      return new Job(id, path, hashedBytes, totalBytes, Optional.of(made), Optional.empty());
    }

    private Job failed(String why) {
      return new Job(id, path, hashedBytes, totalBytes, Optional.empty(), Optional.of(why));
    }

    /** Whether nothing more will happen. */
    public boolean done() {
      return infoHash.isPresent() || error.isPresent();
    }
  }

  /** A job that was begun, and the torrent that comes of it. */
  public static final class Begun {
    private final CompletableFuture<InfoHash> torrent = new CompletableFuture<>();
    private volatile Job now;

    private Begun(Path path) {
      now = Job.waiting(path);
    }

    /** How far it is now. */
    public Job now() {
      return now;
    }

    /** Completes with the torrent, or exceptionally with one line that says why there is none. */
    public CompletableFuture<InfoHash> torrent() {
      return torrent.copy();
    }
  }

  private final Consumer<TorrentSource> library;
  private final Function<SourceFiles, Optional<InfoHash>> known;
  private final ExecutorService hashing =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("sluice-seed").daemon().factory());
  private final Map<String, Begun> jobs = new LinkedHashMap<>();

  /**
   * @param library takes what was made
   * @param known tells which torrent was made of these files before, when they are as they were;
   *     does I/O
   */
  public SeedJobs(
      Consumer<TorrentSource> library, Function<SourceFiles, Optional<InfoHash>> known) {
    this.library = library;
    this.known = known;
  }

  /**
   * Begins to make a torrent of a file or folder; one that is under way for this path is not begun
   * twice.
   *
   * @throws TooManyException when too many wait already
   */
  public Begun begin(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Begun begun = new Begun(absolute);
    synchronized (jobs) {
      Optional<Begun> same =
          jobs.values().stream()
              .filter(job -> !job.now.done() && job.now.path().equals(absolute))
              .findFirst();
      if (same.isPresent()) {
        return same.get();
      }
      if (jobs.size() >= MOST) {
        String oldest =
            jobs.values().stream()
                .map(Begun::now)
                .filter(Job::done)
                .findFirst()
                .orElseThrow(TooManyException::new)
                .id();
        jobs.remove(oldest);
      }
      jobs.put(begun.now.id(), begun);
    }
    hashing.execute(() -> run(begun));
    return begun;
  }

  public Optional<Job> find(String id) {
    synchronized (jobs) {
      return Optional.ofNullable(jobs.get(id)).map(Begun::now);
    }
  }

  /** The newest {@value #MOST} jobs, in the order in which they were begun. */
  public List<Job> list() {
    synchronized (jobs) {
      return jobs.values().stream().map(Begun::now).toList();
    }
  }

  private void run(Begun begun) {
    try {
      InfoHash infoHash = publish(begun);
      begun.now = begun.now.ended(infoHash);
      begun.torrent.complete(infoHash);
    } catch (IOException | RuntimeException failure) {
      if (!(failure instanceof IOException
          || failure instanceof MetainfoException
          || failure instanceof LibraryFullException)) {
        LOG.errorf(failure, "Making a torrent of %s failed", begun.now.path());
      }
      fail(begun, String.valueOf(failure.getMessage()));
    } catch (InterruptedException stop) {
      fail(begun, "the gateway is stopping");
    }
  }

  private InfoHash publish(Begun begun) throws IOException, InterruptedException {
    Path path = begun.now.path();
    SourceFiles sources = SourceFiles.of(path);
    Optional<InfoHash> before = known.apply(sources);
    if (before.isPresent()) {
      return before.get();
    }
    // Before they are read: what changes meanwhile is seen by that.
    List<SeededFile> looks = SeededFile.look(sources);
    BuiltTorrent built =
        TorrentBuilder.of(path)
            .build(sources, (hashed, total) -> begun.now = begun.now.hashed(hashed, total));
    SeededFiles files = SeededFiles.reopen(built.metainfo().info(), looks);
    if (files.problem().isPresent()) {
      throw new IOException("it was written while it was read: " + files.problem().get());
    }
    library.accept(TorrentSource.seeding(built.metainfo(), files));
    return built.metainfo().info().infoHash();
  }

  private static void fail(Begun begun, String why) {
    begun.now = begun.now.failed(why);
    begun.torrent.completeExceptionally(new IOException(why));
  }

  /** Stops hashing; what waits fails. */
  @Override
  public void close() {
    hashing.shutdownNow();
    synchronized (jobs) {
      jobs.values().stream()
          .filter(job -> !job.now.done())
          .forEach(job -> fail(job, "the gateway is stopping"));
    }
  }
}
