package io.sluice.cache;

import org.jspecify.annotations.Nullable;

/**
 * One piece of the disk tier: on disk, or on its way there. Guarded by the lock of {@link
 * DiskState}.
 */
final class StoredPiece {

  /** No file was ever modified then. */
  static final long NEVER = Long.MIN_VALUE;

  /** How far it is. */
  enum Stage {
    /** Waits to be written; {@link #bytes} has it. */
    QUEUED,
    /** Is being written, and its room is taken; {@link #bytes} has it. */
    WRITING,
    /** Is a file, and stands in the journal. */
    STORED,
    /** Is not here any more. */
    GONE
  }

  final StoredTorrent torrent;
  final int piece;
  final int length;
  Stage stage;

  /** The content while there is no file; one reference is held. */
  @Nullable Piece bytes;

  /** When the file was modified that was hashed last, by this process. */
  long hashedModifiedNanos = NEVER;

  StoredPiece(StoredTorrent torrent, int piece, int length, Stage stage) {
    this.torrent = torrent;
    this.piece = piece;
    this.length = length;
    this.stage = stage;
  }

  PieceKey key() {
    return torrent.key(piece);
  }
}
