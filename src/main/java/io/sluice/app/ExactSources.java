package io.sluice.app;

import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.TorrentSource;
import io.sluice.metainfo.Magnet;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoException;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Fetches the {@code .torrent} that a magnet link names as its exact source ({@code xs}), beside
 * asking peers for the metadata: who comes first gives it. Only what has the link's infohash
 * counts.
 *
 * <p>Safe for any thread; nothing blocks. A few are fetched at a time, and more than wait already
 * are left to the peers.
 */
final class ExactSources {

  private static final Logger LOG = Logger.getLogger(ExactSources.class);
  private static final int AT_A_TIME = 4;
  private static final int MOST_WAITING = 64;
  private static final int MOST_OF_A_LINK = 4;

  private final TorrentDownloads downloads;
  private final Library library;
  private final Semaphore room = new Semaphore(AT_A_TIME);
  private final AtomicInteger waiting = new AtomicInteger();

  ExactSources(TorrentDownloads downloads, Library library) {
    this.downloads = downloads;
    this.library = library;
  }

  /** Begins to fetch the metadata of a torrent that is in the library, if the link says where. */
  void seek(Magnet magnet) {
    if (magnet.exactSources().isEmpty() || !lacks(magnet.infoHash())) {
      return;
    }
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return;
    }
    Thread.ofVirtual().name("sluice-exact-source").start(() -> run(magnet));
  }

  private void run(Magnet magnet) {
    try {
      room.acquire();
      try {
        for (URI source : magnet.exactSources().stream().limit(MOST_OF_A_LINK).toList()) {
          if (lacks(magnet.infoHash())) {
            fetch(magnet.infoHash(), source);
          }
        }
      } finally {
        room.release();
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } finally {
      waiting.decrementAndGet();
    }
  }

  private void fetch(InfoHash infoHash, URI source) throws InterruptedException {
    try {
      Metainfo metainfo = downloads.load(source);
      if (!metainfo.info().infoHash().equals(infoHash)) {
        LOG.infof("%s: its exact source has another torrent", infoHash);
      } else if (lacks(infoHash)) {
        library.add(TorrentSource.of(metainfo));
      }
    } catch (FetchException | MetainfoException unusable) {
      LOG.infof("%s: no metadata from its exact source: %s", infoHash, unusable.getMessage());
    } catch (RuntimeException full) {
      LOG.debugf("%s: %s", infoHash, full.getMessage());
    }
  }

  /** Whether a torrent is still there, and still without metadata. */
  private boolean lacks(InfoHash infoHash) {
    return library
        .find(infoHash)
        .map(KnownTorrent::summary)
        .filter(known -> known.isEmpty())
        .isPresent();
  }
}
