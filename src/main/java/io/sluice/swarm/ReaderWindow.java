package io.sluice.swarm;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * What one reader wants: the pieces it waits for, and a window from its position on, in seconds of
 * its pace, that grows while it reads on and starts small again after a jump.
 *
 * <p>Invariant: {@code first <= position <= end <= last}. Confined to the swarm loop.
 */
final class ReaderWindow {

  private static final long SECOND = 1_000_000_000L;

  /** A step of so many pieces or fewer is reading on, more is a jump. */
  private static final int STRIDE = 2;

  /** What a reader of known pace has ahead of it at least and at most, in seconds of it. */
  private static final int LEAST_SECONDS = 6;

  private static final int MOST_SECONDS = 60;

  /** What is due within this many seconds is critical. */
  private static final int CRITICAL_SECONDS = 5;

  /** What a probe gets ahead of it until it has read as much. */
  static final long PROBE_BYTES = 1 << 20;

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
  private final Optional<FilePieces> file;
  private final List<Ask> asks = new ArrayList<>();
  private int position;
  private int end;
  private long readBytes;
  private long mostBytes = Long.MAX_VALUE;

  final Pace pace = new Pace();

  /** Pieces of the head and the end of the file that are wanted beside the window. */
  final BitSet edges = new BitSet();

  /** When the edges should be here. */
  long edgesDueNanos;

  /** Whether it looks like a player that looks something up, and not like one that plays. */
  boolean probe;

  /** Whether the reader has ever waited for a piece. */
  boolean hasAsked;

  /** Where the picker goes on in the fill at hand. */
  int cursor;

  /** Since when its reader is gone; it stands for the next one for a moment. */
  long closedNanos;

  ReaderWindow(int key, int first, int last, boolean patient, Optional<FilePieces> file) {
    this.key = key;
    this.patient = patient;
    this.first = first;
    this.last = last;
    this.file = file;
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

  /** The file that it reads, when that is known. */
  Optional<FilePieces> file() {
    return file;
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

  /** Whether a reader that begins at a piece goes on where this one was. */
  boolean isNear(int piece) {
    return piece >= position - STRIDE && piece <= end + STRIDE;
  }

  /** Goes to a piece; reading on earns a deeper window. */
  void move(int piece, int pieceBytes) {
    if (Math.abs((long) piece - position) <= STRIDE) {
      readBytes += Math.max(0, piece - position) * (long) pieceBytes;
      probe &= readBytes < PROBE_BYTES;
    } else {
      readBytes = 0;
    }
    position = piece;
    end = Math.max(end, position);
  }

  /** Is another reader's continuation. */
  void inherit(ReaderWindow other) {
    pace.inherit(other.pace);
    if (other.isNear(first)) {
      readBytes = other.readBytes;
    }
  }

  /** How many bytes ahead of the reader are wanted if there is memory for them. */
  long wantedBytes(SwarmLimits limits, int pieceBytes) {
    long left = (last - position + 1L) * pieceBytes;
    if (probe) {
      return Math.min(left, PROBE_BYTES);
    }
    long earned = limits.criticalBytes() + readBytes;
    if (pace.isKnown()) {
      long least = LEAST_SECONDS * pace.playBytesPerSecond();
      earned = Math.clamp(earned, least, MOST_SECONDS * pace.bytesPerSecond());
    }
    return Math.min(left, Math.min(limits.windowBytes(), earned));
  }

  /** Sets the window's length by what there is memory for. */
  void resize(SwarmLimits limits, long allowedBytes, int pieceBytes) {
    mostBytes = allowedBytes;
    resize(limits, pieceBytes);
  }

  /** Sets the window's length anew, within what it was last allowed. */
  void resize(SwarmLimits limits, int pieceBytes) {
    long wanted = (wantedBytes(limits, pieceBytes) + pieceBytes - 1) / pieceBytes;
    long pieces = Math.clamp(mostBytes / pieceBytes, 1, Math.max(2, wanted));
    end = (int) Math.min(last, position + pieces - 1);
  }

  /** When the reader will come to a piece of the window, from now on, in nanoseconds. */
  long dueNanos(int piece, int pieceBytes) {
    double bytes = (double) (piece - position) * pieceBytes;
    return (long) (bytes / pace.playBytesPerSecond() * SECOND);
  }

  /** How many pieces from the position on are critical. */
  int criticalPieces(SwarmLimits limits, int pieceBytes) {
    long bytes = limits.criticalBytes();
    if (pace.isKnown()) {
      bytes = Math.min(bytes, CRITICAL_SECONDS * pace.playBytesPerSecond());
    }
    return (int) Math.min(Integer.MAX_VALUE, Math.max(2, (bytes + pieceBytes - 1) / pieceBytes));
  }
}
