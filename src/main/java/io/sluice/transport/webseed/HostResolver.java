package io.sluice.transport.webseed;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Says where a host may be connected to. Asked before every connection, which then goes to one of
 * these addresses and to no other.
 *
 * <p>Safe for any thread; does not block.
 */
@FunctionalInterface
public interface HostResolver {

  /**
   * Resolves a name.
   *
   * @param host a name or a literal address
   * @param port 1..65535
   * @return at least one address; fails with {@link RefusedHostException} when there is none that
   *     may be contacted
   */
  CompletionStage<List<InetSocketAddress>> resolve(String host, int port);
}
