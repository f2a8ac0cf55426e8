package io.sluice.swarm;

import io.sluice.cache.Piece;
import io.sluice.wire.Sha1;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The SHA-1 of a piece, taken from its begin on while the rest still comes.
 *
 * <p>Invariant: at most one thread hashes at any time, and only bytes that it was told are there.
 *
 * <p>Safe for any thread. The piece must be held while {@link #run} runs.
 */
final class PrefixHash {

  private final Piece piece;
  private final MessageDigest sha1 = Sha1.digest();

  // Under the lock of this object, which nobody holds while hashing.
  private int readyBytes;
  private int hashedBytes;
  private boolean running;

  PrefixHash(Piece piece) {
    this.piece = piece;
  }

  /**
   * The first so many bytes are written and change no more; whether the caller is to see to it that
   * {@link #run} is called, since nobody is at it.
   */
  synchronized boolean extend(int bytes) {
    readyBytes = bytes;
    boolean idle = !running;
    running = true;
    return idle;
  }

  /** How many of the ready bytes are yet to be hashed. */
  synchronized int leftBytes() {
    return readyBytes - hashedBytes;
  }

  /**
   * Hashes what is ready, and what gets ready meanwhile; answers the hash when that was the rest of
   * the piece.
   */
  Optional<byte[]> run() {
    Part part = next();
    while (part.from < part.to) {
      sha1.update(piece.slice(part.from, part.to - part.from));
      part = next();
    }
    return part.to == piece.length() ? Optional.of(sha1.digest()) : Optional.empty();
  }

  private record Part(int from, int to) {}

  /** The next part for the one who hashes; without bytes when that one is to stop. */
  private synchronized Part next() {
    Part part = new Part(hashedBytes, readyBytes);
    hashedBytes = readyBytes;
    running = part.from < part.to;
    return part;
  }
}
