package io.sluice.tracker;

import io.sluice.wire.PeerId;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The offers of one peer that were passed on and not answered yet. Only whom an offer was passed on
 * to may answer it, and only once, so nobody can fill a stranger's queue with answers.
 */
final class OpenOffers {

  private record Asked(PeerId peerId, long deadlineNanos) {}

  private final int limit;
  private final LinkedHashMap<String, Asked> asked = LinkedHashMap.newLinkedHashMap(8);

  OpenOffers(int limit) {
    this.limit = limit;
  }

  /** Remembers an offer, and forgets the oldest when there are too many. */
  void add(String offerId, PeerId peerId, long deadlineNanos) {
    asked.remove(offerId);
    if (asked.size() >= limit) {
      asked.pollFirstEntry();
    }
    asked.put(offerId, new Asked(peerId, deadlineNanos));
  }

  /** Whether this answer is expected; if so, no other one is. */
  boolean answeredBy(String offerId, PeerId peerId, long nowNanos) {
    @Nullable Asked offer = asked.get(offerId);
    if (offer == null || !offer.peerId().equals(peerId)) {
      return false;
    }
    asked.remove(offerId);
    return offer.deadlineNanos() - nowNanos >= 0;
  }
}
