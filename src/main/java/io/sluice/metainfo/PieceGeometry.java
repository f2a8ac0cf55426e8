package io.sluice.metainfo;

import io.sluice.wire.PeerMessage;

/**
 * Where pieces and blocks lie in a torrent: the only place with offset arithmetic.
 *
 * <p>Invariant: {@code 0 < totalBytes}, {@code 0 < pieceBytes}, and the number of pieces fits an
 * int. Pieces are numbered from 0; every piece but the last has {@code pieceBytes} bytes. Blocks
 * are the 16 KiB parts of a piece, numbered from 0 within it.
 *
 * @param totalBytes length of all files together, pad files included
 * @param pieceBytes length of every piece but the last
 */
public record PieceGeometry(long totalBytes, int pieceBytes) {

  public PieceGeometry {
    if (totalBytes <= 0 || pieceBytes <= 0) {
      throw new IllegalArgumentException("empty torrent: " + totalBytes + " / " + pieceBytes);
    }
    if ((totalBytes - 1) / pieceBytes >= Integer.MAX_VALUE) {
      throw new IllegalArgumentException("too many pieces: " + totalBytes + " / " + pieceBytes);
    }
  }

  /** Number of pieces, at least 1. */
  public int pieces() {
    return (int) ((totalBytes - 1) / pieceBytes) + 1;
  }

  /** Whether there is a piece of this number. */
  public boolean contains(int piece) {
    return piece >= 0 && piece < pieces();
  }

  /** Length of a piece in bytes, 1..pieceBytes. */
  public int bytesOf(int piece) {
    checkPiece(piece);
    return (int) Math.min(pieceBytes, totalBytes - offsetOf(piece));
  }

  /** Offset of a piece's first byte in the torrent. */
  public long offsetOf(int piece) {
    checkPiece(piece);
    return (long) piece * pieceBytes;
  }

  /** The piece that holds the byte at an offset in the torrent. */
  public int pieceAt(long offset) {
    if (offset < 0 || offset >= totalBytes) {
      throw new IndexOutOfBoundsException("offset " + offset + " of " + totalBytes);
    }
    return (int) (offset / pieceBytes);
  }

  /** Offset within its piece of the byte at an offset in the torrent. */
  public int offsetInPiece(long offset) {
    return (int) (offset - offsetOf(pieceAt(offset)));
  }

  /** Number of 16 KiB blocks in a piece, at least 1. */
  public int blocksOf(int piece) {
    return (bytesOf(piece) - 1) / PeerMessage.BLOCK_BYTES + 1;
  }

  /** Length of a block in bytes: 16 KiB but for the last of a piece. */
  public int blockBytes(int piece, int block) {
    int begin = blockBegin(block);
    int bytes = bytesOf(piece);
    if (block < 0 || begin >= bytes) {
      throw new IndexOutOfBoundsException("block " + block + " of piece " + piece);
    }
    return Math.min(PeerMessage.BLOCK_BYTES, bytes - begin);
  }

  /** Offset of a block in its piece. */
  public int blockBegin(int block) {
    return block * PeerMessage.BLOCK_BYTES;
  }

  /** Whether a range lies within a piece; any values may be asked. */
  public boolean holds(int piece, int begin, int length) {
    return contains(piece) && begin >= 0 && length > 0 && (long) begin + length <= bytesOf(piece);
  }

  private void checkPiece(int piece) {
    if (!contains(piece)) {
      throw new IndexOutOfBoundsException("piece " + piece + " of " + pieces());
    }
  }
}
