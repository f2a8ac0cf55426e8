package io.sluice.library;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the library remembers across restarts.
 *
 * <p>{@link #save} and {@link #close} are called by one thread at a time, the rest by any.
 */
public interface LibraryStore {

  /** One that remembers nothing. */
  LibraryStore NONE =
      new LibraryStore() {
        @Override
        public List<TorrentRecord> load() {
          return List.of();
        }

        @Override
        public Optional<TorrentInfo> info(InfoHash infoHash) {
          return Optional.empty();
        }

        @Override
        public void save(Pending pending) {
          List.copyOf(pending.changed()).forEach(pending::taken);
        }

        @Override
        public Optional<String> problem() {
          return Optional.empty();
        }

        @Override
        public void close() {}
      };

  /** What is to be written. */
  interface Pending {
    /** Torrents that have changed, come or gone. */
    Set<InfoHash> changed();

    /** A torrent as it is now; null when it is gone. */
    @Nullable KnownTorrent find(InfoHash infoHash);

    /** A torrent is about to be written, so that changes from now on count as new ones. */
    void taken(InfoHash infoHash);

    /** It could not be. */
    void notWritten(InfoHash infoHash);

    /** Torrents whose counters may have changed. */
    Collection<KnownTorrent> counting();

    Collection<KnownTorrent> all();
  }

  /** All torrents that are remembered, in order. */
  List<TorrentRecord> load();

  /** The metadata of a torrent; blocks. */
  Optional<TorrentInfo> info(InfoHash infoHash);

  /** Writes; what cannot be written now is written by a later call. */
  void save(Pending pending);

  /** Why nothing is remembered, if so; one line. */
  Optional<String> problem();

  void close();
}
