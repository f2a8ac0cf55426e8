package io.sluice.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says whether browsers can be reached. A gateway without WebRTC still serves, so it stays up and
 * tells what is missing.
 */
@Readiness
@ApplicationScoped
public class WebrtcHealth implements HealthCheck {

  @Inject Gateway gateway;

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("webrtc")
        .up()
        .withData("state", gateway.webrtcProblem().isEmpty() ? "on" : "off")
        .withData("detail", gateway.webrtcProblem().orElse("peers over WebRTC can be reached"))
        .build();
  }
}
