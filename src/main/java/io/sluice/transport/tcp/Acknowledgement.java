package io.sluice.transport.tcp;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.jboss.logging.Logger;

/**
 * Acknowledges at once what a peer has sent (RFC 9293, 3.8.6.3). A kernel that waits for something
 * to send along with it, 40 ms on Linux, keeps back the end of what a peer sends by Nagle's
 * algorithm, such as libtorrent: the last block of a piece that a viewer waits for.
 */
@FunctionalInterface
interface Acknowledgement {

  Logger LOG = Logger.getLogger(Acknowledgement.class);

  Acknowledgement NONE = () -> {};

  /** The option does not last: the kernel goes back to waiting when it likes. */
  void now();

  /** Of a socket; nothing where the system has no such option. */
  static Acknowledgement of(SocketChannel channel) {
    if (!channel.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK)) {
      return NONE;
    }
    return () -> {
      try {
        channel.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
      } catch (IOException closing) {
        LOG.debugf("Not acknowledged: %s", closing.getMessage());
      }
    };
  }
}
