package io.sluice.app;

import io.sluice.discovery.AddressPolicy;
import io.sluice.transport.webseed.HostResolver;
import io.sluice.transport.webseed.RefusedHostException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Joins the web seeds, which know no policy, to the policy. */
record CheckedHosts(AddressPolicy policy) implements HostResolver {

  @Override
  public CompletionStage<List<InetSocketAddress>> resolve(String host, int port) {
    return policy
        .resolve(host, port)
        .thenCompose(
            verdict ->
                switch (verdict) {
                  case AddressPolicy.Verdict.Allowed(var addresses) ->
                      CompletableFuture.completedStage(addresses);
                  case AddressPolicy.Verdict.Refused(String reason) ->
                      CompletableFuture.failedStage(new RefusedHostException(reason));
                });
  }
}
