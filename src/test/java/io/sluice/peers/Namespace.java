package io.sluice.peers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network of its own for one test: loopback, and one card whose cable ends in the same network,
 * so that WebRTC has an address to meet on and nothing can leave. Everything of the test runs
 * inside. Removed when closed, at the latest when this JVM ends or by the next test.
 */
public final class Namespace implements Place, AutoCloseable {

  /** The card's address; loopback works as well, but not for WebRTC. */
  public static final String ADDRESS = "10.77.0.1";

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final String name;
  private final Thread lastResort;

  private Namespace(String name) {
    this.name = name;
    this.lastResort = new Thread(() -> netns("down", name));
    Runtime.getRuntime().addShutdownHook(lastResort);
  }

  public static Namespace create() {
    Peers.requireRoot();
    netns("sweep");
    Namespace namespace =
        new Namespace("sluice-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
    netns("up", namespace.name);
    return namespace;
  }

  @Override
  public List<String> within(List<String> command) {
    List<String> all = new ArrayList<>(List.of(script(), "exec", name));
    all.addAll(command);
    return all;
  }

  @Override
  public void close() {
    netns("down", name);
    Runtime.getRuntime().removeShutdownHook(lastResort);
  }

  private static String script() {
    return Peers.FOLDER.resolve("netns.sh").toAbsolutePath().toString();
  }

  private static void netns(String... arguments) {
    List<String> command = new ArrayList<>(List.of(script()));
    command.addAll(List.of(arguments));
    try (ChildProcess process =
        ChildProcess.start("netns.sh " + arguments[0], Path.of("."), command, Map.of())) {
      int exit = process.awaitExit(LIMIT);
      if (exit != 0) {
        throw new AssertionError(String.join(" ", command) + ": " + process.output());
      }
    }
  }
}
