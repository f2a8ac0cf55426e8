package io.sluice.discovery;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Takes the addresses of peers of one torrent that may be dialled over TCP.
 *
 * <p>Called on any thread; must return at once and never throw. Addresses are what strangers said:
 * whoever dials asks an {@link AddressPolicy} first.
 */
@FunctionalInterface
public interface PeerSink {

  /** For who does not dial. */
  PeerSink NONE = (addresses, by) -> {};

  /**
   * Takes what one source told.
   *
   * @param addresses resolved, each with a port from 1 to 65535; may repeat what was said before
   */
  void found(List<InetSocketAddress> addresses, FoundBy by);
}
