package io.sluice.swarm;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The windows of all readers. Invariant: the ledger counts each piece as wanted once for every
 * window that covers it and once for every reader that waits for it.
 *
 * <p>Confined to the swarm loop.
 */
final class Windows {

  /** So much later than others a patient reader has its turn. */
  static final long PATIENCE_NANOS = 2_000_000_000L;

  private final PieceLedger ledger;
  private final SwarmLimits limits;
  private final Map<Integer, ReaderWindow> byKey = new HashMap<>();
  private final List<ReaderWindow> all = new ArrayList<>();
  private final BitSet unwanted = new BitSet();

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

  void open(int key, int first, int last) {
    open(key, first, last, false);
  }

  void open(int key, int first, int last, boolean patient) {
    ReaderWindow window = new ReaderWindow(key, first, last, patient);
    byKey.put(key, window);
    all.add(window);
    ledger.want(first);
    resizeAll();
  }

  /** The reader is at a piece; returns false when there is no such reader or piece. */
  boolean move(int key, int piece) {
    ReaderWindow window = byKey.get(key);
    if (window == null || !window.contains(piece)) {
      return false;
    }
    int from = window.position();
    int to = window.end();
    window.move(piece, ledger.geometry().pieceBytes());
    resize(window);
    shift(from, to, window.position(), window.end());
    return true;
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
    return move(key, piece);
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

  /** The reader no longer waits for a piece. */
  void settle(int key, int piece) {
    ReaderWindow window = byKey.get(key);
    if (window == null) {
      return;
    }
    for (ReaderWindow.Ask ask : window.asks()) {
      if (ask.piece() == piece) {
        window.asks().remove(ask);
        unwant(piece);
        return;
      }
    }
  }

  void close(int key) {
    ReaderWindow window = byKey.remove(key);
    if (window == null) {
      return;
    }
    all.remove(window);
    for (ReaderWindow.Ask ask : window.asks()) {
      unwant(ask.piece());
    }
    for (int piece = window.position(); piece <= window.end(); piece++) {
      unwant(piece);
    }
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

  /** How many pieces right after a position are critical. */
  int criticalPieces() {
    long bytes = limits.criticalBytes();
    int pieceBytes = ledger.geometry().pieceBytes();
    return (int) Math.min(Integer.MAX_VALUE, Math.max(2, (bytes + pieceBytes - 1) / pieceBytes));
  }

  /** Whether a reader waits for a piece or will very soon. */
  boolean critical(int piece) {
    int pieces = criticalPieces();
    for (ReaderWindow window : all) {
      if (piece >= window.position()
          && piece <= window.end()
          && piece - window.position() < pieces) {
        return true;
      }
    }
    return asked(piece);
  }

  private void resizeAll() {
    for (ReaderWindow window : all) {
      int from = window.position();
      int to = window.end();
      resize(window);
      shift(from, to, window.position(), window.end());
    }
  }

  private void resize(ReaderWindow window) {
    long share = limits.readAheadBytes() / Math.max(1, all.size());
    window.resize(
        limits.criticalBytes(),
        Math.min(limits.windowBytes(), share),
        ledger.geometry().pieceBytes());
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
