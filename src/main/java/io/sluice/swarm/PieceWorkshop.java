package io.sluice.swarm;

import io.sluice.cache.Piece;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of pieces in the making. Invariant: each is referenced once by this table, and once
 * more by the hashing task while that runs.
 *
 * <p>Confined to the session's thread, but for the hashing itself.
 */
final class PieceWorkshop {

  private static final Logger LOG = Logger.getLogger(PieceWorkshop.class);

  private final InfoHash infoHash;
  private final SwarmEnvironment environment;
  private final Mailbox mailbox;
  private final Map<Integer, Piece> pieces = new HashMap<>();
  private @Nullable TorrentInfo info;

  PieceWorkshop(InfoHash infoHash, SwarmEnvironment environment, Mailbox mailbox) {
    this.infoHash = infoHash;
    this.environment = environment;
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

  void write(Effect.Write write) {
    pieces
        .computeIfAbsent(write.piece(), piece -> Piece.allocate(known().geometry().bytesOf(piece)))
        .write(write.begin(), write.bytes());
  }

  /** Hashes a piece on a hashing thread. */
  void hash(Effect.Hash hash) {
    TorrentInfo known = known();
    Piece piece = pieces.get(hash.piece());
    if (piece == null) {
      throw new IllegalStateException("nothing was written of piece " + hash.piece());
    }
    piece.retain();
    try {
      environment
          .hashing()
          .execute(
              () -> {
                Event.Hashed hashed;
                try {
                  hashed = PieceHasher.check(known, hash.piece(), piece, hash.digests());
                } finally {
                  piece.release();
                }
                mailbox.post(new Mail.ForCore(hashed));
              });
    } catch (RejectedExecutionException shutDown) {
      piece.release();
      LOG.debugf("%s: piece %d was not hashed: shutting down", infoHash, hash.piece());
    }
  }

  /** A piece in the table, not retained for the caller. */
  @Nullable Piece find(int piece) {
    return pieces.get(piece);
  }

  /** Gives a piece out of the table, with its reference. */
  @Nullable Piece take(int piece) {
    return pieces.remove(piece);
  }

  void discard(int piece) {
    Piece unwanted = pieces.remove(piece);
    if (unwanted != null) {
      unwanted.release();
    }
  }

  void close() {
    pieces.values().forEach(Piece::release);
    pieces.clear();
  }
}
