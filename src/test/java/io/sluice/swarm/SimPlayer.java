package io.sluice.swarm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A player in virtual time: it buffers ten seconds of its film, plays at the rate of the film from
 * the first piece on, and stalls when it comes to a piece that is not here.
 */
final class SimPlayer {

  private static final long SECOND = 1_000_000_000L;
  private static final long BUFFER_NANOS = 10 * SECOND;

  final int key;
  private final SimSwarm swarm;
  private final int last;
  private final long pieceNanos;
  private int at;
  private boolean open = true;
  private final long beganNanos;

  /** When the picture stops for want of the next piece, or -1 before there is a picture. */
  private long playedUntilNanos = -1;

  /** From its request to the first piece, or -1. */
  long startNanos = -1;

  /** Stalls that begin later than a second after its request: before that it may still settle. */
  final List<Stall> stalls = new ArrayList<>();

  /** Both in milliseconds since the player's request. */
  record Stall(long from, long to) {}

  SimPlayer(SimSwarm swarm, int key, int first, int last, long bytesPerSecond) {
    this.swarm = swarm;
    this.key = key;
    this.last = last;
    at = first;
    pieceNanos = swarm.geometry.pieceBytes() * SECOND / bytesPerSecond;
    beganNanos = swarm.clock.nowNanos();
  }

  void start() {
    FilePieces film = new FilePieces(0, swarm.geometry.pieces() - 1);
    swarm.feed(new Event.ReaderOpened(key, at, film.last(), false, Optional.of(film)));
    next();
  }

  int position() {
    return at;
  }

  private void next() {
    if (!open || at > last) {
      return;
    }
    long room = playedUntilNanos - BUFFER_NANOS - swarm.clock.nowNanos();
    if (playedUntilNanos >= 0 && room > 0) {
      swarm.clock.after(room, this::next);
    } else if (swarm.stored(at)) {
      swarm.feed(new Event.ReaderMoved(key, at));
      took();
      swarm.clock.after(0, this::next);
    } else {
      swarm.feed(new Event.ReaderAsked(key, at));
    }
  }

  private void took() {
    long now = swarm.clock.nowNanos();
    if (playedUntilNanos < 0) {
      startNanos = now - beganNanos;
      playedUntilNanos = now;
    } else if (now > playedUntilNanos) {
      stalledUntil(now);
      playedUntilNanos = now;
    }
    playedUntilNanos += pieceNanos;
    at++;
  }

  private void stalledUntil(long now) {
    // Before there is a picture it counts as one from the request on.
    long from = Math.max(beganNanos, playedUntilNanos);
    if (from - beganNanos > SECOND || playedUntilNanos < 0) {
      stalls.add(new Stall(millis(from - beganNanos), millis(now - beganNanos)));
    }
  }

  void arrived(int piece) {
    boolean waits =
        playedUntilNanos < 0 || playedUntilNanos - BUFFER_NANOS <= swarm.clock.nowNanos();
    if (open && waits && piece == at && at <= last) {
      took();
      swarm.clock.after(
          0,
          () -> {
            swarm.feed(new Event.ReaderSettled(key, piece));
            next();
          });
    }
  }

  /** It is closed, perhaps in a stall, or has been moved elsewhere: a new one plays on there. */
  void close() {
    long now = swarm.clock.nowNanos();
    if (at <= last && now > playedUntilNanos) {
      stalledUntil(now);
    }
    open = false;
    swarm.feed(new Event.ReaderClosed(key));
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }

  @Override
  public String toString() {
    return "begun at %d ms, at piece %d, first picture after %d ms, %s"
        .formatted(millis(beganNanos), at, millis(startNanos), stalls);
  }
}
