package io.sluice.library;

import io.sluice.wire.InfoHash;
import java.util.Optional;

/**
 * What outlives the process of the pieces of torrents; files that are seeded are not meant.
 *
 * <p>Safe for any thread.
 */
public interface Holdings {

  /** A gateway that keeps no pieces. */
  Holdings NONE =
      new Holdings() {
        @Override
        public long heldBytes(InfoHash infoHash) {
          return 0;
        }

        @Override
        public long limitBytes() {
          return 0;
        }

        @Override
        public void pin(InfoHash infoHash, boolean on) {}

        @Override
        public void forget(InfoHash infoHash) {}

        @Override
        public Optional<String> problem() {
          return Optional.empty();
        }
      };

  /** Bytes of a torrent's pieces that survive if the process is killed now. */
  long heldBytes(InfoHash infoHash);

  /** The bound of what all torrents may hold. */
  long limitBytes();

  /** Whether the pieces of a torrent are to stay whatever room others need. */
  void pin(InfoHash infoHash, boolean on);

  /**
   * Has what is only in memory of a torrent written, little by little, from the first call on.
   *
   * @param begin whether to look anew for what is in memory
   * @return whether nothing waits to be written any more
   */
  default boolean settle(InfoHash infoHash, boolean begin) {
    return true;
  }

  /** Deletes what there is of a torrent. */
  void forget(InfoHash infoHash);

  /** What keeps pieces from being written now; one line. */
  Optional<String> problem();
}
