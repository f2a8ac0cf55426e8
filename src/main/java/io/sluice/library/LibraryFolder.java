package io.sluice.library;

import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The library in a folder: {@link StateFile} and {@link TorrentFolder}. What cannot be written
 * stays in memory and is tried again; the log and {@link #problem} say so once.
 *
 * <pre>
 * state                     a line for each change, the newest last
 * torrents/ab/ab...torrent  the metadata
 * </pre>
 */
public final class LibraryFolder implements LibraryStore {

  private static final Logger LOG = Logger.getLogger(LibraryFolder.class);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Path folder;
  private final StateFile state;
  private final TorrentFolder torrents;
  private final LongSupplier nanoClock;
  private volatile @Nullable String problem;
  private long failedNanos;

  /** Never to be written: a newer version's. */
  private boolean readOnly;

  public LibraryFolder(Path folder, LibraryLimits limits, LongSupplier nanoClock) {
    this.folder = folder;
    this.nanoClock = nanoClock;
    state = new StateFile(folder.resolve("state"));
    torrents = new TorrentFolder(folder.resolve("torrents"), limits.cachedInfoBytes());
  }

  @Override
  public List<TorrentRecord> load() {
    try {
      return state.load();
    } catch (IOException unusable) {
      readOnly = unusable instanceof StateFile.NewerVersionException;
      failedNanos = nanoClock.getAsLong();
      problem = "the library cannot be read, and nothing is remembered: " + reason(unusable);
      LOG.error(problem);
      return List.of();
    }
  }

  @Override
  public Optional<TorrentInfo> info(InfoHash infoHash) {
    return torrents.read(infoHash);
  }

  @Override
  public void save(Pending pending) {
    if (readOnly || (problem != null && nanoClock.getAsLong() - failedNanos < RETRY_NANOS)) {
      return;
    }
    List<InfoHash> taken = List.copyOf(pending.changed());
    taken.forEach(pending::taken);
    try {
      List<Written> written = saveMetadata(pending, taken);
      if (state.wantsRewrite()) {
        rewrite(pending);
      } else {
        append(pending, written);
      }
      state.sync();
      for (Written one : written) {
        if (one.torrent() == null) {
          torrents.delete(one.infoHash());
        }
      }
      worksAgain();
    } catch (IOException failure) {
      taken.forEach(pending::notWritten);
      failed(failure);
    }
  }

  /** A torrent that has changed; null when it is gone. */
  private record Written(InfoHash infoHash, @Nullable KnownTorrent torrent) {}

  /** Before the state speaks of it. */
  private List<Written> saveMetadata(Pending pending, List<InfoHash> changed) throws IOException {
    List<Written> all = new ArrayList<>();
    for (InfoHash infoHash : changed) {
      KnownTorrent torrent = pending.find(infoHash);
      Optional<TorrentInfo> info = torrent == null ? Optional.empty() : torrent.unsaved();
      if (torrent != null && info.isPresent()) {
        TorrentSource source = torrent.source();
        torrents.write(new Metainfo(info.get(), source.tiers(), source.webSeeds()));
        torrent.metadataSaved();
      }
      all.add(new Written(infoHash, torrent));
    }
    return all;
  }

  private void append(Pending pending, List<Written> changed) throws IOException {
    List<StateLine> lines = new ArrayList<>();
    List<Runnable> then = new ArrayList<>();
    for (Written one : changed) {
      KnownTorrent torrent = one.torrent();
      if (torrent == null) {
        lines.add(StateLine.removed(one.infoHash()));
      } else {
        TorrentRecord record = torrent.record();
        lines.add(StateLine.of(record));
        then.add(() -> torrent.saved(record));
      }
    }
    for (KnownTorrent torrent : pending.counting()) {
      torrent
          .unsavedCounters()
          .ifPresent(
              counters -> {
                lines.add(StateLine.of(torrent.infoHash(), counters));
                then.add(() -> torrent.saved(counters));
              });
    }
    state.append(lines);
    then.forEach(Runnable::run);
  }

  private void rewrite(Pending pending) throws IOException {
    List<KnownTorrent> all = List.copyOf(pending.all());
    List<TorrentRecord> records = new ArrayList<>(all.size());
    all.forEach(torrent -> records.add(torrent.record()));
    state.rewrite(records);
    for (int i = 0; i < all.size(); i++) {
      all.get(i).saved(records.get(i));
    }
  }

  private void failed(IOException failure) {
    failedNanos = nanoClock.getAsLong();
    if (problem == null) {
      LOG.warnf("The library in %s is not remembered for now: %s", folder, reason(failure));
    }
    problem = "the library in %s cannot be written: %s".formatted(folder, reason(failure));
  }

  private void worksAgain() {
    if (problem != null) {
      problem = null;
      LOG.infof("The library in %s is remembered again", folder);
    }
  }

  private static String reason(IOException failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  @Override
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  @Override
  public void close() {
    try {
      state.close();
    } catch (IOException failure) {
      LOG.debugf("The state of %s: %s", folder, failure.getMessage());
    }
  }
}
