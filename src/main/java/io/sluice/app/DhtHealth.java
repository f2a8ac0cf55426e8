package io.sluice.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says whether peers can be found without a tracker. A gateway without DHT still serves, so it
 * stays up and tells what is missing.
 */
@Readiness
@ApplicationScoped
public class DhtHealth implements HealthCheck {

  @Inject Gateway gateway;

  @Override
  public HealthCheckResponse call() {
    DhtPeers dht = gateway.dht();
    return HealthCheckResponse.named("dht")
        .up()
        .withData("state", dht.state())
        .withData("detail", dht.detail())
        .build();
  }
}
