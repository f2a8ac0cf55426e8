package io.sluice.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * Says where a connection may go that somebody else asked for: a torrent, a magnet link, a
 * redirect. Asked before every connection, which then goes to one of the addresses of the answer:
 * to resolve the name again would be to trust a second answer that nobody has looked at.
 *
 * <p>Safe for any thread.
 */
@FunctionalInterface
public interface AddressPolicy {

  /** Whether there is an address to connect to. */
  sealed interface Verdict {

    /**
     * There is.
     *
     * @param addresses at least one, resolved, in the order of preference
     */
    record Allowed(List<InetSocketAddress> addresses) implements Verdict {
      public Allowed {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
          throw new IllegalArgumentException("nothing is allowed");
        }
      }
    }

    /**
     * There is none.
     *
     * @param reason for people, in a few words
     */
    record Refused(String reason) implements Verdict {}
  }

  /**
   * Resolves a name. Does not block and does not throw; the stage completes normally, on any
   * thread.
   *
   * @param host a name or a literal address, an IPv6 one with or without its brackets
   * @param port 1..65535
   */
  CompletionStage<Verdict> resolve(String host, int port);

  /**
   * A policy that asks the system's resolver and lets through what is public.
   *
   * @param allowPrivate whether private, loopback and link-local addresses are let through as well
   */
  static AddressPolicy of(boolean allowPrivate) {
    return new ResolvingAddressPolicy(allowPrivate);
  }

  /**
   * The same rules for addresses that need no resolving.
   *
   * @param allowPrivate as in {@link #of}
   */
  static Predicate<InetAddress> ofAddresses(boolean allowPrivate) {
    return address -> AddressRules.refusal(address, allowPrivate).isEmpty();
  }
}
