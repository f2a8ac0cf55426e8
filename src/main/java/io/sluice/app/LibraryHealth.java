package io.sluice.app;

import io.sluice.library.Library;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Says whether what the library knows can be written down; if not, it is served all the same. */
@Readiness
@ApplicationScoped
public class LibraryHealth implements HealthCheck {

  @Inject Library library;

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder health =
        HealthCheckResponse.named("library")
            .up()
            .withData("torrents", library.size())
            .withData("awake", library.awake());
    library
        .problem()
        .ifPresentOrElse(
            problem -> health.withData("state", "problem").withData("detail", problem),
            () -> health.withData("state", "on"));
    return health.build();
  }
}
