package io.sluice.app;

import io.sluice.discovery.AddressPolicy;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Lets the trackers that the operator named be wherever they are, our own among them; all others
 * are somebody else's word and go by the stricter rule.
 */
record TrustedTrackers(AddressPolicy strict, AddressPolicy open, Supplier<List<URI>> trusted)
    implements AddressPolicy {

  TrustedTrackers(AddressPolicy strict, Supplier<List<URI>> trusted) {
    this(strict, AddressPolicy.of(true), trusted);
  }

  @Override
  public CompletionStage<Verdict> resolve(String host, int port) {
    boolean ours =
        trusted.get().stream().anyMatch(url -> host.equals(url.getHost()) && port == port(url));
    return (ours ? open : strict).resolve(host, port);
  }

  private static int port(URI url) {
    if (url.getPort() >= 0) {
      return url.getPort();
    }
    return "wss".equals(url.getScheme()) ? 443 : 80;
  }
}
