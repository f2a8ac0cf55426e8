package io.sluice.swarm;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The windows of all readers. Invariant: the ledger counts each piece as wanted once for every
 * window that covers it, once for every window at whose edges it is, and once for every reader that
 * waits for it.
 *
 * <p>The window of a reader that broke off lingers for a moment: what it had asked for goes on
 * coming, and nothing more is asked for, until its player has asked again, there or elsewhere.
 *
 * <p>Confined to the swarm loop.
 */
final class Windows {

  /** So much later than others a patient reader has its turn. */
  static final long PATIENCE_NANOS = 2_000_000_000L;

  private static final long LINGER_NANOS = 250_000_000L;
  private static final int MOST_LINGERING = 64;

  /** So much of the head and the end of a file is wanted when it is opened, if it is longer. */
  private static final long EDGE_BYTES = 1 << 20;

  private static final long LEAST_FILE_BYTES = 8 * EDGE_BYTES;

  /** Pieces longer than this are too dear for a guess. */
  private static final int LONGEST_EDGE_PIECE = 4 << 20;

  /** What plays is needed sooner than what is looked up. */
  private static final long EDGES_DUE_NANOS = 2_000_000_000L;

  private static final long EDGES_NANOS = 20_000_000_000L;

  /** Who begins in the last part of a file that is being read elsewhere looks something up. */
  private static final int TAIL_PART = 16;

  private static final double LEAST_ROOM = 0.125;

  /** One pressure may be felt at many pieces. */
  private static final long PRESSURE_NANOS = 1_000_000_000L;

  private final PieceLedger ledger;
  private final SwarmLimits limits;
  private final Map<Integer, ReaderWindow> byKey = new HashMap<>();
  private final List<ReaderWindow> all = new ArrayList<>();
  private final List<ReaderWindow> lingering = new ArrayList<>();
  private final Traces traces = new Traces();
  private final BitSet unwanted = new BitSet();

  /** How much of what may be read ahead there is memory for, 0 to 1. */
  private double room = 1;

  private long pressedNanos = -PRESSURE_NANOS;

  Windows(PieceLedger ledger, SwarmLimits limits) {
    this.ledger = ledger;
    this.limits = limits;
  }

  /** All windows, the oldest first; not to be changed. */
  List<ReaderWindow> all() {
    return all;
  }

  int count() {
    return all.size();
  }

  void open(int key, int first, int last, long nowNanos) {
    open(key, first, last, false, Optional.empty(), nowNanos);
  }

  void open(
      int key, int first, int last, boolean patient, Optional<FilePieces> file, long nowNanos) {
    ReaderWindow window = new ReaderWindow(key, first, last, patient, file);
    ReaderWindow before = patient ? null : traces.before(window, all, nowNanos);
    if (before != null) {
      window.inherit(before);
      if (before.isNear(first)) {
        wantEdges(window, before.edges, before.edgesDueNanos);
      } else {
        window.probe = isTail(window);
      }
    } else if (!patient) {
      wantEdges(window, nowNanos);
    }
    byKey.put(key, window);
    all.add(window);
    ledger.want(first);
    resizeAll();
    // Now the player has said where it goes on.
    lingering.removeIf(gone -> gone.file().equals(file) && release(gone));
  }

  private boolean isTail(ReaderWindow window) {
    return window
        .file()
        .filter(file -> window.first() > file.first())
        .filter(
            file ->
                bytes(window.first(), file.last())
                    <= Math.max(LEAST_FILE_BYTES, bytes(file.first(), file.last()) / TAIL_PART))
        .isPresent();
  }

  private long bytes(int first, int last) {
    return (last - first + 1L) * ledger.geometry().pieceBytes();
  }

  /** Somebody begins to read a file to its end: players look at both ends before they play. */
  private void wantEdges(ReaderWindow window, long nowNanos) {
    int pieceBytes = ledger.geometry().pieceBytes();
    FilePieces file = window.file().orElse(null);
    if (file == null
        || window.last() != file.last()
        || pieceBytes > LONGEST_EDGE_PIECE
        || bytes(file.first(), file.last()) < LEAST_FILE_BYTES) {
      return;
    }
    int pieces = (int) ((EDGE_BYTES + pieceBytes - 1) / pieceBytes);
    BitSet edges = new BitSet();
    edges.set(file.first(), file.first() + pieces);
    edges.set(file.last() - pieces + 1, file.last() + 1);
    wantEdges(window, edges, nowNanos + EDGES_DUE_NANOS);
  }

  private void wantEdges(ReaderWindow window, BitSet edges, long dueNanos) {
    window.edges.or(edges);
    window.edges.stream().forEach(ledger::want);
    window.edgesDueNanos = dueNanos;
  }

  /**
   * The reader is at a piece, which is here; returns false when there is no such reader or piece.
   */
  boolean move(int key, int piece, long nowNanos) {
    ReaderWindow window = byKey.get(key);
    if (window == null || !window.contains(piece)) {
      return false;
    }
    window.pace.takes(ledger.geometry().bytesOf(piece), nowNanos);
    move(window, piece);
    return true;
  }

  private void move(ReaderWindow window, int piece) {
    int from = window.position();
    int to = window.end();
    int pieceBytes = ledger.geometry().pieceBytes();
    window.move(piece, pieceBytes);
    window.resize(limits, pieceBytes);
    shift(from, to, window.position(), window.end());
  }

  /** The reader waits for a piece, and is there. */
  boolean ask(int key, int piece, long nowNanos) {
    ReaderWindow window = byKey.get(key);
    if (window == null || !window.contains(piece)) {
      return false;
    }
    ledger.want(piece);
    window.hasAsked = true;
    long since = window.patient() ? nowNanos + PATIENCE_NANOS : nowNanos;
    window.asks().add(new ReaderWindow.Ask(piece, since));
    window.pace.waits(nowNanos);
    move(window, piece);
    return true;
  }

  /** What the file that a reader reads says of its own rate. */
  void pace(int key, long bytesPerSecond) {
    ReaderWindow window = byKey.get(key);
    if (window != null) {
      window.pace.know(bytesPerSecond);
      resizeAll();
    }
  }

  /** Whether a reader has not asked for anything yet. */
  boolean opening(int key) {
    ReaderWindow window = byKey.get(key);
    return window != null && !window.hasAsked;
  }

  /** Whether there is such a reader, and others go before it. */
  boolean patient(int key) {
    ReaderWindow window = byKey.get(key);
    return window != null && window.patient();
  }

  /** The pieces that patient readers alone want, none of whom has waited long for them. */
  BitSet patientlyWanted(long nowNanos) {
    BitSet pieces = new BitSet();
    for (ReaderWindow window : all) {
      if (window.patient()) {
        mark(window, pieces, true);
      }
    }
    if (pieces.isEmpty()) {
      return pieces;
    }
    for (ReaderWindow window : all) {
      if (!window.patient()) {
        mark(window, pieces, false);
      }
      for (ReaderWindow.Ask ask : window.asks()) {
        if (ask.sinceNanos() <= nowNanos) {
          pieces.clear(ask.piece());
        }
      }
    }
    return pieces;
  }

  private static void mark(ReaderWindow window, BitSet pieces, boolean as) {
    pieces.set(window.position(), window.end() + 1, as);
    window.asks().forEach(ask -> pieces.set(ask.piece(), as));
  }

  /** The reader no longer waits for a piece, which has come if it is held. */
  void settle(int key, int piece, long nowNanos) {
    ReaderWindow window = byKey.get(key);
    if (window == null) {
      return;
    }
    for (ReaderWindow.Ask ask : window.asks()) {
      if (ask.piece() == piece) {
        window.asks().remove(ask);
        if (ledger.held(piece)) {
          window.pace.takes(ledger.geometry().bytesOf(piece), nowNanos);
        }
        unwant(piece);
        return;
      }
    }
  }

  void close(int key, long nowNanos) {
    ReaderWindow window = byKey.remove(key);
    if (window == null) {
      return;
    }
    all.remove(window);
    window.asks().forEach(ask -> unwant(ask.piece()));
    window.asks().clear();
    traces.add(window, nowNanos);
    boolean brokeOff = window.file().isPresent() && window.position() < window.last();
    if (brokeOff && !window.patient() && lingering.size() < MOST_LINGERING) {
      lingering.add(window);
    } else {
      release(window);
    }
    resizeAll();
  }

  /** Nothing of a window is wanted any more; true. */
  private boolean release(ReaderWindow window) {
    for (int piece = window.position(); piece <= window.end(); piece++) {
      unwant(piece);
    }
    releaseEdges(window);
    return true;
  }

  private void releaseEdges(ReaderWindow window) {
    window.edges.stream().forEach(this::unwant);
    window.edges.clear();
  }

  /** Windows of readers that broke off a moment ago; not to be changed. */
  List<ReaderWindow> lingering() {
    return lingering;
  }

  /** Whether windows linger, which ends soon. */
  boolean lingers() {
    return !lingering.isEmpty();
  }

  /** Lets go of what has been wanted for long enough. */
  void expire(long nowNanos) {
    lingering.removeIf(window -> nowNanos - window.closedNanos >= LINGER_NANOS && release(window));
    for (ReaderWindow window : all) {
      if (!window.edges.isEmpty() && nowNanos - window.edgesDueNanos > EDGES_NANOS) {
        releaseEdges(window);
      }
    }
  }

  /** A piece has left memory; if it was yet to be read, less is read ahead for a while. */
  void evicted(int piece, long nowNanos) {
    boolean ahead = all.stream().anyMatch(each -> piece > each.position() && piece <= each.end());
    if (ahead && nowNanos - pressedNanos >= PRESSURE_NANOS) {
      pressedNanos = nowNanos;
      room = Math.max(LEAST_ROOM, room / 2);
      resizeAll();
    }
  }

  /** Once a second: shares anew what may be read ahead. */
  void share() {
    room = Math.min(1, room + LEAST_ROOM / 2);
    resizeAll();
  }

  /** Pieces that were wanted at the last call and are not now; empties the list. */
  BitSet drainUnwanted() {
    BitSet drained = (BitSet) unwanted.clone();
    unwanted.clear();
    drained.stream().filter(ledger::wanted).forEach(drained::clear);
    return drained;
  }

  boolean hasUnwanted() {
    return !unwanted.isEmpty();
  }

  /** Whether some reader waits for a piece. */
  boolean asked(int piece) {
    for (ReaderWindow window : all) {
      if (window.asks(piece)) {
        return true;
      }
    }
    return false;
  }

  /** The pieces at which readers are, and those that they come to after them. */
  BitSet next() {
    BitSet pieces = new BitSet();
    for (ReaderWindow window : all) {
      int after = Math.min(window.position() + 2, window.end() + 1);
      pieces.set(window.position(), Math.max(window.position(), after));
    }
    return pieces;
  }

  /** In how long the first reader comes to a piece, as far as their paces are known. */
  long dueNanos(int piece) {
    long due = Long.MAX_VALUE;
    for (ReaderWindow window : all) {
      boolean ahead = piece >= window.position() && piece <= window.end();
      if (ahead && !window.patient() && window.pace.isKnown()) {
        due = Math.min(due, window.dueNanos(piece, ledger.geometry().pieceBytes()));
      }
    }
    return due;
  }

  /** The pieces that readers wait for by now and that are not held. */
  BitSet waitedFor(long nowNanos) {
    BitSet pieces = new BitSet();
    for (ReaderWindow window : all) {
      for (ReaderWindow.Ask ask : window.asks()) {
        if (ask.sinceNanos() <= nowNanos && !ledger.held(ask.piece())) {
          pieces.set(ask.piece());
        }
      }
    }
    return pieces;
  }

  /** Whether any reader waits for a piece that is not held. */
  boolean anyWaiting() {
    return oldestWait() != null;
  }

  /** Whoever waits longest for a piece that is not held, or null. */
  ReaderWindow.@Nullable Ask oldestWait() {
    ReaderWindow.Ask oldest = null;
    for (ReaderWindow window : all) {
      for (ReaderWindow.Ask ask : window.asks()) {
        if (!ledger.held(ask.piece())
            && (oldest == null || ask.sinceNanos() < oldest.sinceNanos())) {
          oldest = ask;
        }
      }
    }
    return oldest;
  }

  /** The pieces that readers of known pace will come to so soon, and that are not held. */
  BitSet dueWithin(long nanos) {
    BitSet pieces = new BitSet();
    int pieceBytes = ledger.geometry().pieceBytes();
    for (ReaderWindow window : all) {
      if (window.patient() || !window.pace.isKnown()) {
        continue;
      }
      for (int piece = window.position();
          piece <= window.end() && window.dueNanos(piece, pieceBytes) < nanos;
          piece++) {
        pieces.set(piece, !ledger.held(piece));
      }
    }
    return pieces;
  }

  /** How many pieces right after a reader's position are critical. */
  int criticalPieces(ReaderWindow window) {
    return window.criticalPieces(limits, ledger.geometry().pieceBytes());
  }

  /** Whether a reader waits for a piece or will very soon. */
  boolean critical(int piece) {
    for (ReaderWindow window : all) {
      if (piece >= window.position()
          && piece <= window.end()
          && piece - window.position() < criticalPieces(window)) {
        return true;
      }
    }
    return asked(piece);
  }

  /**
   * Shares what may be read ahead: who wants less than an even share leaves the rest to the others,
   * and what nobody wants yet is for all to grow into.
   */
  private void resizeAll() {
    long left = (long) (limits.readAheadBytes() * room);
    List<ReaderWindow> modest = new ArrayList<>(all);
    Map<ReaderWindow, Long> wants = new HashMap<>();
    modest.forEach(
        window -> wants.put(window, window.wantedBytes(limits, ledger.geometry().pieceBytes())));
    modest.sort(Comparator.comparingLong(wants::get));
    Map<ReaderWindow, Long> gets = new HashMap<>();
    for (int i = 0; i < modest.size(); i++) {
      ReaderWindow window = modest.get(i);
      long gotten = Math.min(wants.getOrDefault(window, 0L), left / (modest.size() - i));
      gets.put(window, gotten);
      left -= gotten;
    }
    for (ReaderWindow window : all) {
      int from = window.position();
      int to = window.end();
      long gotten = gets.getOrDefault(window, 0L) + left / all.size();
      window.resize(limits, gotten, ledger.geometry().pieceBytes());
      shift(from, to, window.position(), window.end());
    }
  }

  private void shift(int oldFrom, int oldTo, int newFrom, int newTo) {
    for (int piece = newFrom; piece <= newTo; piece++) {
      if (piece < oldFrom || piece > oldTo) {
        ledger.want(piece);
      }
    }
    for (int piece = oldFrom; piece <= oldTo; piece++) {
      if (piece < newFrom || piece > newTo) {
        unwant(piece);
      }
    }
  }

  private void unwant(int piece) {
    if (ledger.unwant(piece)) {
      unwanted.set(piece);
    }
  }
}
