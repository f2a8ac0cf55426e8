package io.sluice.transport.webrtc;

import io.sluice.wire.InfoHash;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The offers that nobody has answered: spare ones, which belong to no torrent yet, and those that
 * were handed out. An offer is forgotten when it is answered or when its time is up.
 *
 * <p>Safe for any thread.
 *
 * @param <T> what stands behind an offer
 */
final class OfferBook<T> {

  private record Name(InfoHash infoHash, String offerId) {}

  private record Aged<T>(T offer, long bornNanos) {}

  private final long offerNanos;
  private final long spareNanos;
  private final LongSupplier clock;
  // In the order in which they came, so the oldest are first.
  private final Deque<Aged<T>> spare = new ArrayDeque<>();
  private final Map<Name, Aged<T>> handedOut = new LinkedHashMap<>();

  OfferBook(Duration offerLifetime, Duration spareLifetime, LongSupplier clock) {
    this.offerNanos = offerLifetime.toNanos();
    this.spareNanos = spareLifetime.toNanos();
    this.clock = clock;
  }

  synchronized void addSpare(T offer) {
    spare.addLast(new Aged<>(offer, clock.getAsLong()));
  }

  /** The freshest spare offer. */
  synchronized Optional<T> takeSpare() {
    return Optional.ofNullable(spare.pollLast()).map(Aged::offer);
  }

  synchronized void handOut(InfoHash infoHash, String offerId, T offer) {
    handedOut.put(new Name(infoHash, offerId), new Aged<>(offer, clock.getAsLong()));
  }

  /** Whether an answer to this offer would find it. */
  synchronized boolean awaits(InfoHash infoHash, String offerId) {
    Aged<T> offer = handedOut.get(new Name(infoHash, offerId));
    return offer != null && !isOver(offer, offerNanos);
  }

  /** Takes the offer that is answered; the second answer finds nothing. */
  synchronized Optional<T> answered(InfoHash infoHash, String offerId) {
    Name name = new Name(infoHash, offerId);
    Aged<T> offer = handedOut.get(name);
    if (offer == null || isOver(offer, offerNanos)) {
      return Optional.empty();
    }
    handedOut.remove(name);
    return Optional.of(offer.offer());
  }

  /** Takes out all offers whose time is up. */
  synchronized List<T> expired() {
    List<T> over = new ArrayList<>();
    while (!spare.isEmpty() && isOver(spare.getFirst(), spareNanos)) {
      over.add(spare.removeFirst().offer());
    }
    handedOut
        .values()
        .removeIf(
            offer -> {
              boolean gone = isOver(offer, offerNanos);
              if (gone) {
                over.add(offer.offer());
              }
              return gone;
            });
    return over;
  }

  /** Forgets an offer that ended by itself. */
  synchronized void forget(T offer) {
    spare.removeIf(aged -> aged.offer().equals(offer));
    handedOut.values().removeIf(aged -> aged.offer().equals(offer));
  }

  synchronized int spareCount() {
    return spare.size();
  }

  synchronized int handedOutCount() {
    return handedOut.size();
  }

  private boolean isOver(Aged<T> offer, long lifeNanos) {
    return clock.getAsLong() - offer.bornNanos() >= lifeNanos;
  }
}
