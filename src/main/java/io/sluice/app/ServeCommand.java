package io.sluice.app;

import io.quarkus.runtime.Quarkus;
import io.sluice.library.DataFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code ./sluice serve}: checks what was asked for, hands it to the configuration and runs the
 * gateway until it is told to stop.
 */
final class ServeCommand {

  private final ServeArguments arguments;

  ServeCommand(ServeArguments arguments) {
    this.arguments = arguments;
  }

  /**
   * Runs the gateway; the exit code.
   *
   * @throws ServeArguments.MistakeException when something was asked for that cannot be
   * @throws IllegalStateException when it cannot run here as things are
   */
  int run() {
    arguments.settings().forEach(System::setProperty);
    checkSources();
    checkPort();
    checkData();
    AtomicInteger exit = new AtomicInteger();
    Quarkus.run(
        ServeApplication.class,
        (code, failure) -> {
          exit.set(failure == null ? code : Main.FAILURE);
          Optional.ofNullable(failure).map(Throwable::getMessage).ifPresent(Main::complain);
        },
        arguments.sources().toArray(String[]::new));
    return exit.get();
  }

  private void checkSources() {
    for (String source : arguments.sources()) {
      try {
        Source.parse(source);
      } catch (IllegalArgumentException mistake) {
        throw new ServeArguments.MistakeException(String.valueOf(mistake.getMessage()));
      }
    }
  }

  /** Says in one line what a failed bind would say in many. */
  private static void checkPort() {
    String address = Settings.host();
    int wanted = Settings.port();
    if (wanted < 0 || wanted > 65535) {
      throw new ServeArguments.MistakeException(
          "--port takes a number from 0 to 65535, not " + wanted);
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(address), wanted));
    } catch (UnknownHostException unknown) {
      throw new ServeArguments.MistakeException("--host: there is no address " + address);
    } catch (IOException taken) {
      throw new IllegalStateException(
          "cannot listen on %s port %d (%s); choose another with --host or --port"
              .formatted(address, wanted, taken.getMessage()),
          taken);
    }
  }

  /** Says in one line that another process has the folder, before anything is started. */
  private static void checkData() {
    try {
      DataFolder.check(Settings.data());
    } catch (DataFolder.UnusableException unusable) {
      throw new IllegalStateException(unusable.getMessage(), unusable);
    }
  }
}
