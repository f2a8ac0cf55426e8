package io.sluice.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says whether BitTorrent peers can reach us and we them. A gateway without TCP, or whose port was
 * taken, still serves, so it stays up and tells what is missing.
 */
@Readiness
@ApplicationScoped
public class TcpHealth implements HealthCheck {

  @Inject Gateway gateway;

  @Override
  public HealthCheckResponse call() {
    TcpPeers tcp = gateway.tcp();
    return HealthCheckResponse.named("tcp")
        .up()
        .withData("state", tcp.state())
        .withData("detail", tcp.detail())
        .withData("port", tcp.listenPort())
        .build();
  }
}
