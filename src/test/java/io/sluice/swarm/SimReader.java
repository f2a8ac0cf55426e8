package io.sluice.swarm;

import static org.assertj.core.api.Assertions.fail;

import java.util.Optional;
import java.util.Random;

/** A reader in virtual time: reads on, jumps, pauses, and leaves at random. */
final class SimReader {

  private static final long SECOND = 1_000_000_000L;

  final int key;
  private final SimSwarm swarm;
  private final SimClock clock;
  private final Random random;
  private final int first;
  private final int last;
  private int at;
  private boolean waiting;
  private long sinceNanos;
  boolean open = true;

  SimReader(SimSwarm swarm, int key) {
    this.swarm = swarm;
    this.key = key;
    clock = swarm.clock;
    random = swarm.random;
    int pieces = swarm.geometry.pieces();
    first = random.nextInt(pieces);
    last = random.nextBoolean() ? pieces - 1 : first + random.nextInt(pieces - first);
    at = first;
  }

  void start() {
    swarm.feed(
        new Event.ReaderOpened(
            key,
            first,
            last,
            key % 4 == 0,
            key % 2 == 0
                ? Optional.empty()
                : Optional.of(new FilePieces(0, swarm.geometry.pieces() - 1))));
    ask();
  }

  private void ask() {
    if (!open) {
      return;
    }
    if (swarm.stored(at)) {
      swarm.feed(new Event.ReaderMoved(key, at));
      goOn();
    } else {
      waiting = true;
      sinceNanos = clock.nowNanos();
      swarm.feed(new Event.ReaderAsked(key, at));
    }
  }

  /** A piece has come to the store. */
  void arrived(int piece) {
    if (open && waiting && piece == at) {
      waiting = false;
      swarm.piecesRead++;
      clock.after(
          0,
          () -> {
            swarm.feed(new Event.ReaderSettled(key, piece));
            goOn();
          });
    }
  }

  private void goOn() {
    clock.after(
        random.nextInt(60_000_000),
        () -> {
          int chance = random.nextInt(40);
          if (chance == 0) {
            close();
          } else if (chance == 1) {
            at = first + random.nextInt(last - first + 1);
            ask();
          } else if (at == last) {
            close();
          } else {
            at++;
            ask();
          }
        });
  }

  /** Gives up waiting for a piece, and reads on elsewhere or leaves. */
  void giveUp() {
    if (open && waiting && random.nextBoolean()) {
      waiting = false;
      swarm.feed(new Event.ReaderSettled(key, at));
      goOn();
    } else {
      close();
    }
  }

  void close() {
    if (open) {
      open = false;
      swarm.feed(new Event.ReaderClosed(key));
    }
  }

  /** Nobody waits for longer than a peer that stays and has all pieces can need. */
  void checkServed(long anchorSinceNanos) {
    long waited = clock.nowNanos() - Math.max(anchorSinceNanos, sinceNanos);
    if (open && waiting && waited > 90 * SECOND) {
      fail("reader %d has waited %d s for piece %d", key, waited / SECOND, at);
    }
  }
}
