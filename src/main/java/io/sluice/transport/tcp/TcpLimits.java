package io.sluice.transport.tcp;

import io.sluice.wire.PeerMessage;
import java.time.Duration;

/**
 * Every bound of the TCP side. An address is an IPv4 address or the /64 network of an IPv6 one,
 * which is what one household has.
 *
 * @param maxConnections connections at most, both ways, those that shake hands included
 * @param maxInboundPerAddress inbound connections from one address at a time
 * @param maxHandshakes inbound connections at a time that have not shaken hands yet
 * @param maxHandshakesPerAddress the same from one address
 * @param inboundPerSecond inbound connections from one address per second in the long run; this is
 *     also what bounds the key exchanges that one address can make us compute
 * @param inboundBurst inbound connections from one address at once after a silence
 * @param maxRatedAddresses addresses whose rate is remembered; the one unseen for longest is
 *     forgotten first
 * @param maxHalfOpen dials at a time that have not shaken hands yet
 * @param maxWaitingDials dials beyond those that wait for their turn
 * @param connectLimit from a dial's turn to the open connection
 * @param handshakeLimit from the open connection to the end of both handshakes, encryption's and
 *     BitTorrent's, however slowly bytes come
 * @param highWaterBytes from here on a link is not writable
 * @param lowWaterBytes at this it is writable again
 * @param maxQueuedBytes more than this queued to be sent closes the link
 * @param maxInboxBytes more than this received and not yet taken closes the link
 * @param maxMessageBytes the longest message that a peer may send, length prefix excluded
 */
public record TcpLimits(
    int maxConnections,
    int maxInboundPerAddress,
    int maxHandshakes,
    int maxHandshakesPerAddress,
    int inboundPerSecond,
    int inboundBurst,
    int maxRatedAddresses,
    int maxHalfOpen,
    int maxWaitingDials,
    Duration connectLimit,
    Duration handshakeLimit,
    long highWaterBytes,
    long lowWaterBytes,
    long maxQueuedBytes,
    long maxInboxBytes,
    int maxMessageBytes) {

  /** What a gateway uses. */
  public static final TcpLimits DEFAULT =
      new TcpLimits(
          400,
          64,
          128,
          32,
          10,
          100,
          4096,
          32,
          256,
          Duration.ofSeconds(7),
          Duration.ofSeconds(15),
          256 * 1024,
          128 * 1024,
          4 * 1024 * 1024,
          4 * 1024 * 1024,
          512 * 1024);

  public TcpLimits {
    for (int count :
        new int[] {
          maxConnections,
          maxInboundPerAddress,
          maxHandshakes,
          maxHandshakesPerAddress,
          inboundPerSecond,
          inboundBurst,
          maxRatedAddresses,
          maxHalfOpen
        }) {
      require(count > 0, "a limit of connections must be positive");
    }
    require(maxWaitingDials >= 0, "less than no dial cannot wait");
    require(connectLimit.isPositive() && handshakeLimit.isPositive(), "time limits are positive");
    require(
        lowWaterBytes >= 0 && lowWaterBytes < highWaterBytes && highWaterBytes < maxQueuedBytes,
        "the water marks must rise");
    require(maxInboxBytes > maxMessageBytes, "one message must fit the inbox");
    require(maxMessageBytes > PeerMessage.BLOCK_BYTES, "a block must fit a message");
  }

  /** The same, with another bound of connections. */
  public TcpLimits withMaxConnections(int newMaxConnections) {
    return new TcpLimits(
        newMaxConnections,
        maxInboundPerAddress,
        maxHandshakes,
        maxHandshakesPerAddress,
        inboundPerSecond,
        inboundBurst,
        maxRatedAddresses,
        maxHalfOpen,
        maxWaitingDials,
        connectLimit,
        handshakeLimit,
        highWaterBytes,
        lowWaterBytes,
        maxQueuedBytes,
        maxInboxBytes,
        maxMessageBytes);
  }

  private static void require(boolean holds, String why) {
    if (!holds) {
      throw new IllegalArgumentException(why);
    }
  }
}
