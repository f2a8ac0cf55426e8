package io.sluice.app;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The settings that are needed before the configuration exists: to say in one line that a port or a
 * folder is taken.
 */
final class Settings {

  private Settings() {}

  static String host() {
    return early("sluice.host", "SLUICE_HOST").orElse("127.0.0.1");
  }

  static int port() {
    Optional<String> text = early("sluice.port", "SLUICE_PORT");
    try {
      return text.map(Integer::parseInt).orElse(8080);
    } catch (NumberFormatException notANumber) {
      throw new IllegalStateException("sluice.port is not a number: " + text.orElse(""));
    }
  }

  static Path data() {
    return Path.of(early("sluice.data", "SLUICE_DATA").orElse("./data"));
  }

  private static Optional<String> early(String property, String variable) {
    return Optional.ofNullable(System.getProperty(property))
        .or(() -> Optional.ofNullable(System.getenv(variable)));
  }
}
