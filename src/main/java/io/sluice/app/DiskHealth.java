package io.sluice.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says whether what is to outlive the process can be written. A gateway that keeps nothing still
 * serves from memory and from the swarm, so it stays up and tells what is wrong.
 */
@Readiness
@ApplicationScoped
public class DiskHealth implements HealthCheck {

  @Inject Gateway gateway;

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder health =
        HealthCheckResponse.named("disk").up().withData("folder", gateway.data().path().toString());
    gateway
        .diskProblem()
        .ifPresentOrElse(
            problem -> health.withData("state", "problem").withData("detail", problem),
            () -> health.withData("state", gateway.disk().isPresent() ? "on" : "off"));
    gateway
        .disk()
        .ifPresent(
            disk -> health.withData("bytes", disk.bytes()).withData("limit", disk.limitBytes()));
    return health.build();
  }
}
