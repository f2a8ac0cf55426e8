package io.sluice.swarm;

import java.util.ArrayList;
import java.util.List;

/**
 * What one reader wants: the pieces it waits for, and a window from its position on that grows
 * while it reads on and starts small again after a jump.
 *
 * <p>Invariant: {@code first <= position <= end <= last}. Confined to the swarm loop.
 */
final class ReaderWindow {

  /** A step of so many pieces or fewer is reading on, more is a jump. */
  private static final int STRIDE = 2;

  /**
   * A piece that the reader waits for.
   *
   * @param sinceNanos from when on it counts: later than it was asked for by a patient reader
   */
  record Ask(int piece, long sinceNanos) {}

  private final int key;
  private final int first;
  private final int last;
  private final boolean patient;
  private final List<Ask> asks = new ArrayList<>();
  private int position;
  private int end;
  private long readBytes;

  /** Whether the reader has ever waited for a piece. */
  boolean hasAsked;

  /** Where the picker goes on in the fill at hand. */
  int cursor;

  ReaderWindow(int key, int first, int last, boolean patient) {
    this.key = key;
    this.patient = patient;
    this.first = first;
    this.last = last;
    position = first;
    end = first;
  }

  int key() {
    return key;
  }

  int first() {
    return first;
  }

  int last() {
    return last;
  }

  /** Whether others go first, for {@link Windows#PATIENCE_NANOS}. */
  boolean patient() {
    return patient;
  }

  /** The piece where the reader is. */
  int position() {
    return position;
  }

  /** The last piece of the window. */
  int end() {
    return end;
  }

  /** Pieces that the reader waits for, in the order of asking. */
  List<Ask> asks() {
    return asks;
  }

  boolean asks(int piece) {
    for (int i = 0; i < asks.size(); i++) {
      if (asks.get(i).piece() == piece) {
        return true;
      }
    }
    return false;
  }

  boolean contains(int piece) {
    return piece >= first && piece <= last;
  }

  /** Goes to a piece; reading on earns a deeper window. */
  void move(int piece, int pieceBytes) {
    if (Math.abs((long) piece - position) <= STRIDE) {
      readBytes += Math.max(0, piece - position) * (long) pieceBytes;
    } else {
      readBytes = 0;
    }
    position = piece;
    end = Math.max(end, position);
  }

  /** Sets the window's length by what the limits allow a single reader. */
  void resize(long criticalBytes, long mostBytes, int pieceBytes) {
    long earned = (criticalBytes + readBytes + pieceBytes - 1) / pieceBytes;
    long pieces = Math.clamp(mostBytes / pieceBytes, 1, Math.max(2, earned));
    end = (int) Math.min(last, position + pieces - 1);
  }
}
