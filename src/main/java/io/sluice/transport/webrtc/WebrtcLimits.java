package io.sluice.transport.webrtc;

import io.sluice.wire.PeerMessage;
import java.time.Duration;

/**
 * Every bound of the WebRTC side.
 *
 * @param maxConnections connections that are being made or are up, at most; one costs about 170 KB
 * @param maxPendingOffers offers at a time that nobody has answered yet, spare ones included
 * @param maxSpareOffers offers gathered ahead of the next announce; 0 gathers none ahead
 * @param maxPendingAnswers offers of others at a time that we answer and that have not led to a
 *     handshake yet
 * @param gatherLimit after this an offer or answer goes out with the addresses found so far
 * @param connectLimit from our answer, or from the answer to our offer, to the open channel
 * @param handshakeLimit from the open channel to the peer's whole handshake
 * @param disconnectLimit how long a connection may be without contact before it is given up
 * @param offerLifetime how long an offer that was handed out may be answered
 * @param spareLifetime how long an offer gathered ahead is kept for
 * @param highWaterBytes from here on a link is not writable
 * @param lowWaterBytes at this it is writable again
 * @param maxQueuedBytes more than this queued to be sent closes the link
 * @param maxInboxBytes more than this received and not yet taken closes the link
 * @param maxMessageBytes the longest message that a peer may send, length prefix excluded
 * @param maxSdpBytes the longest session description that is looked at
 */
public record WebrtcLimits(
    int maxConnections,
    int maxPendingOffers,
    int maxSpareOffers,
    int maxPendingAnswers,
    Duration gatherLimit,
    Duration connectLimit,
    Duration handshakeLimit,
    Duration disconnectLimit,
    Duration offerLifetime,
    Duration spareLifetime,
    long highWaterBytes,
    long lowWaterBytes,
    long maxQueuedBytes,
    long maxInboxBytes,
    int maxMessageBytes,
    int maxSdpBytes) {

  /** The library closes a channel without a word when more than this is queued. */
  private static final long LIBRARY_QUEUE_BYTES = 16L * 1024 * 1024;

  /** What a gateway uses. */
  public static final WebrtcLimits DEFAULT =
      new WebrtcLimits(
          400,
          100,
          5,
          32,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(25),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofMinutes(5),
          256 * 1024,
          64 * 1024,
          4 * 1024 * 1024,
          4 * 1024 * 1024,
          1024 * 1024,
          64 * 1024);

  public WebrtcLimits {
    require(maxConnections > 0, "no connection would be possible");
    require(maxPendingOffers > 0, "no offer would be possible");
    require(
        maxSpareOffers >= 0 && maxSpareOffers <= maxPendingOffers,
        "spare offers are pending offers too");
    require(maxPendingAnswers > 0, "no answer would be possible");
    for (Duration limit :
        new Duration[] {
          gatherLimit, connectLimit, handshakeLimit, disconnectLimit, offerLifetime, spareLifetime
        }) {
      require(limit.isPositive(), "a time limit must be positive");
    }
    require(
        lowWaterBytes >= 0 && lowWaterBytes < highWaterBytes && highWaterBytes < maxQueuedBytes,
        "the water marks must rise");
    require(maxQueuedBytes <= LIBRARY_QUEUE_BYTES / 2, "the library's queue ends at 16 MiB");
    require(maxInboxBytes > maxMessageBytes, "one message must fit the inbox");
    require(maxMessageBytes > PeerMessage.BLOCK_BYTES, "a block must fit a message");
    require(maxSdpBytes > 0, "no description would be read");
  }

  /** The same, with another bound of connections. */
  public WebrtcLimits withMaxConnections(int newMaxConnections) {
    return new WebrtcLimits(
        newMaxConnections,
        maxPendingOffers,
        maxSpareOffers,
        maxPendingAnswers,
        gatherLimit,
        connectLimit,
        handshakeLimit,
        disconnectLimit,
        offerLifetime,
        spareLifetime,
        highWaterBytes,
        lowWaterBytes,
        maxQueuedBytes,
        maxInboxBytes,
        maxMessageBytes,
        maxSdpBytes);
  }

  private static void require(boolean holds, String why) {
    if (!holds) {
      throw new IllegalArgumentException(why);
    }
  }
}
