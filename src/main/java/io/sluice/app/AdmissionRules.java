package io.sluice.app;

import io.sluice.http.AdminToken;
import io.sluice.http.Admission;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Admission as it is configured. */
@Singleton
final class AdmissionRules {

  @Produces
  @Singleton
  Admission admission(SluiceConfig config, ListenAddress address, Gateway gateway) {
    Set<String> names = new HashSet<>(config.allowedHosts().orElse(List.of()));
    if (!isLiteral(config.host()) && !config.host().equalsIgnoreCase("localhost")) {
      names.add(config.host());
    }
    Admission.Exposure exposure = address.exposure();
    return new Admission(
        exposure, names, address::publicUrl, token(config, exposure, gateway.data().path()));
  }

  private static boolean isLiteral(String host) {
    try {
      return InetAddress.ofLiteral(host).getAddress().length > 0;
    } catch (IllegalArgumentException aName) {
      return false;
    }
  }

  /** On loopback alone nobody needs one. */
  private static Optional<AdminToken> token(
      SluiceConfig config, Admission.Exposure exposure, Path data) {
    Optional<AdminToken> given = config.adminToken().map(AdminToken::new);
    if (given.isPresent() || exposure == Admission.Exposure.LOCAL) {
      return given;
    }
    return Optional.of(
        AdminTokenFile.load(
            data,
            token ->
                Main.say(
                    "The admin token, which adding and removing take, is %s (kept in %s)"
                        .formatted(token, data.resolve("admin-token")))));
  }
}
