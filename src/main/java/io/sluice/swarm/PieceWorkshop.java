package io.sluice.swarm;

import io.sluice.cache.Piece;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The pieces in the making. Invariant: each buffer is referenced once by this table, and once more
 * by the hashing task while that runs.
 *
 * <p>Confined to the session's thread, but for the hashing itself.
 */
final class PieceWorkshop {

  private static final Logger LOG = Logger.getLogger(PieceWorkshop.class);

  private final InfoHash infoHash;
  private final Executor hashing;
  private final Mailbox mailbox;
  private final Map<Integer, PieceInMaking> pieces = new HashMap<>();
  private @Nullable TorrentInfo info;

  PieceWorkshop(InfoHash infoHash, Executor hashing, Mailbox mailbox) {
    this.infoHash = infoHash;
    this.hashing = hashing;
    this.mailbox = mailbox;
  }

  void know(TorrentInfo known) {
    info = known;
  }

  private TorrentInfo known() {
    TorrentInfo known = info;
    if (known == null) {
      throw new IllegalStateException("no piece is made before the metadata is known");
    }
    return known;
  }

  /** Writes a block, and has a hashing thread go on with its piece when that is worth it. */
  void write(Effect.Write write) {
    PieceInMaking piece =
        pieces.computeIfAbsent(write.piece(), index -> new PieceInMaking(known(), index));
    if (piece.write(write.begin(), write.bytes())) {
      hashElsewhere(write.piece(), piece);
    }
  }

  /** Hashes what is left of a piece, here when that is little: what came of it, or nothing yet. */
  Optional<Event> hash(Effect.Hash hash) {
    PieceInMaking piece = pieces.get(hash.piece());
    if (piece == null) {
      throw new IllegalStateException("nothing was written of piece " + hash.piece());
    }
    if (!piece.complete(hash.digests())) {
      return Optional.empty();
    }
    if (piece.nearlyHashed()) {
      return piece.hash().map(Event.class::cast);
    }
    hashElsewhere(hash.piece(), piece);
    return Optional.empty();
  }

  private void hashElsewhere(int index, PieceInMaking piece) {
    Piece bytes = piece.bytes().retain();
    try {
      hashing.execute(
          () -> {
            Optional<Event.Hashed> hashed;
            try {
              hashed = piece.hash();
            } finally {
              bytes.release();
            }
            hashed.ifPresent(each -> mailbox.post(new Mail.ForCore(each)));
          });
    } catch (RejectedExecutionException shutDown) {
      bytes.release();
      LOG.debugf("%s: piece %d was not hashed: shutting down", infoHash, index);
    }
  }

  /** A piece in the table, not retained for the caller. */
  @Nullable Piece find(int index) {
    PieceInMaking piece = pieces.get(index);
    return piece == null ? null : piece.bytes();
  }

  /** Gives a piece out of the table, with its reference. */
  @Nullable Piece take(int index) {
    PieceInMaking piece = pieces.remove(index);
    return piece == null ? null : piece.bytes();
  }

  void discard(int index) {
    Piece unwanted = take(index);
    if (unwanted != null) {
      unwanted.release();
    }
  }

  void close() {
    pieces.values().forEach(piece -> piece.bytes().release());
    pieces.clear();
  }
}
