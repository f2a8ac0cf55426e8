package io.sluice.wire;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * A ut_pex message (BEP 11): peers that the sender has connected to since its last one, and peers
 * that it has lost.
 */
public record PeerExchange(List<Peer> added, List<InetSocketAddress> dropped) {

  /** How many of each kind one message names at most. */
  public static final int MAX_PEERS = 50;

  /** The peer prefers encrypted connections. */
  public static final int PREFERS_ENCRYPTION = 0x01;

  /** The peer only uploads. */
  public static final int SEED = 0x02;

  /** The sender has connected to the peer and not the other way round. */
  public static final int REACHABLE = 0x10;

  /**
   * A peer that can be reached over TCP.
   *
   * @param flags 0..255, the bits above and others
   */
  public record Peer(InetSocketAddress address, int flags) {
    public Peer {
      CompactAddresses.requireUsable(address);
      if (flags < 0 || flags > 0xFF) {
        throw new WireException("ut_pex flags out of bounds: " + flags);
      }
    }
  }

  public PeerExchange {
    added = List.copyOf(added);
    dropped = List.copyOf(dropped);
    dropped.forEach(CompactAddresses::requireUsable);
  }
}
