package io.sluice.swarm;

/** A viewer in virtual time that takes every piece at once, and notes when. */
final class SimStream {

  final int key;
  private final SimSwarm swarm;
  private final int first;
  private final int last;
  private int at;
  private boolean open = true;

  /** When the first piece came, or -1. */
  long firstNanos = -1;

  /** When the last piece came, or -1. */
  long lastNanos = -1;

  /** The longest time between two pieces. */
  long longestGapNanos;

  private long previousNanos;

  SimStream(SimSwarm swarm, int key, int first, int last) {
    this.swarm = swarm;
    this.key = key;
    this.first = first;
    this.last = last;
    at = first;
  }

  void start() {
    previousNanos = swarm.clock.nowNanos();
    swarm.feed(new Event.ReaderOpened(key, 0, swarm.geometry.pieces() - 1));
    ask();
  }

  /** Pieces that have come. */
  int read() {
    return at - first;
  }

  private void ask() {
    while (open && at <= last && swarm.stored(at)) {
      swarm.feed(new Event.ReaderMoved(key, at));
      took();
    }
    if (open && at <= last) {
      swarm.feed(new Event.ReaderAsked(key, at));
    }
  }

  private void took() {
    long now = swarm.clock.nowNanos();
    firstNanos = firstNanos < 0 ? now : firstNanos;
    lastNanos = at == last ? now : lastNanos;
    longestGapNanos = Math.max(longestGapNanos, now - previousNanos);
    previousNanos = now;
    at++;
  }

  void arrived(int piece) {
    if (open && piece == at && at <= last) {
      took();
      swarm.clock.after(
          0,
          () -> {
            swarm.feed(new Event.ReaderSettled(key, piece));
            ask();
          });
    }
  }

  void close() {
    open = false;
    swarm.feed(new Event.ReaderClosed(key));
  }
}
