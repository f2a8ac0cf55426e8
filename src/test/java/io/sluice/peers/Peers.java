package io.sluice.peers;

import java.nio.file.Files;
import java.nio.file.Path;

/** What the machine must have for tests with other people's programs, checked with a clear word. */
final class Peers {

  /** The scripts, and the npm packages that {@code ./sluice test} puts beside them. */
  static final Path FOLDER = Path.of("src", "test", "peers");

  private Peers() {}

  static void requirePackages() {
    if (!Files.isDirectory(FOLDER.resolve("node_modules").resolve("webtorrent"))) {
      throw new AssertionError("the npm packages of " + FOLDER + " are missing: run ./sluice test");
    }
  }

  static void requireRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new AssertionError(
          "tests with real peers run in a network namespace, which takes root: sudo ./sluice test");
    }
  }
}
