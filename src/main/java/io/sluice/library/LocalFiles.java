package io.sluice.library;

import io.sluice.cache.PieceSource;
import io.sluice.metainfo.TorrentInfo;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The files of this machine in which a torrent lies, where it lies in some: how they looked when
 * they had its bytes, and what is wrong with them.
 *
 * <p>Open while the torrent has a session; what they say of themselves counts then, and what they
 * said last afterwards. Safe for any thread; {@link #open} and {@link #look} do I/O.
 */
final class LocalFiles {

  private static final Logger LOG = Logger.getLogger(KnownTorrent.class);

  private volatile List<SeededFile> files;
  private volatile @Nullable SeededFiles open;

  /** While they are closed. */
  private volatile Optional<String> problem = Optional.empty();

  LocalFiles(List<SeededFile> files) {
    this.files = files;
  }

  /** By file index; empty when the torrent lies in no files. */
  List<SeededFile> list() {
    return files;
  }

  /** What is wrong; one line. */
  Optional<String> problem() {
    SeededFiles now = open;
    return now == null ? problem : now.problem();
  }

  /** Opens them for a session; nothing can be had when they are not the torrent's. */
  PieceSource open(TorrentInfo info) {
    try {
      SeededFiles opened = SeededFiles.reopen(info, files);
      open = opened;
      opened.problem().ifPresent(what -> LOG.warnf("%s: %s", info.infoHash(), what));
      return opened;
    } catch (IllegalArgumentException others) {
      problem = Optional.of(String.valueOf(others.getMessage()));
      return PieceSource.NONE;
    }
  }

  /** The session is about to end; whether they look otherwise than was remembered. */
  boolean close() {
    SeededFiles last = open;
    problem = problem();
    open = null;
    if (last == null || problem.isPresent() || last.files().equals(files)) {
      return false;
    }
    // They have another time and the same bytes.
    files = last.files();
    return true;
  }

  /** Other files are the torrent's from now on; whether they are others. */
  boolean replace(List<SeededFile> now) {
    if (now.equals(files)) {
      return false;
    }
    files = now;
    open = null;
    problem = Optional.empty();
    return true;
  }

  /** Sees whether they are as they were while they are closed; whether that is news. */
  boolean look() {
    if (open != null) {
      return false;
    }
    Optional<String> now = files.stream().flatMap(file -> file.trouble().stream()).findFirst();
    if (open != null || now.equals(problem)) {
      return false;
    }
    problem = now;
    return true;
  }
}
