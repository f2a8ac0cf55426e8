package io.sluice.tracker;

import io.sluice.wire.AddressReply.Peer;
import io.sluice.wire.TrackerMessage.ToClient;
import java.util.List;

/** What the table makes of an announce. */
sealed interface Outcome {

  /** A message for another peer, to be sent when the table is free again. */
  record Delivery(PeerOutlet to, ToClient message) {}

  /**
   * The peer is in the table, or is gone as it asked.
   *
   * @param deliveries the peer's offers, for those who are to answer them
   * @param addresses other peers, for one that dials; those of its own address family first
   */
  record Accepted(int complete, int incomplete, List<Delivery> deliveries, List<Peer> addresses)
      implements Outcome {}

  /** The peer is not in the table. */
  record Refused(String reason) implements Outcome {}
}
