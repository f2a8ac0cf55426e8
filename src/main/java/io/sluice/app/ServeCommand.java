package io.sluice.app;

import io.quarkus.runtime.Quarkus;
import io.sluice.library.DataFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code ./sluice serve}: checks what was asked for, hands it to the configuration and runs the
 * gateway until it is told to stop.
 */
@Command(
    name = "./sluice serve",
    description = "Starts the gateway.",
    mixinStandardHelpOptions = true,
    version = "Sluice 0.1",
    sortOptions = false,
    footer = {
      "",
      "Every option is also a configuration key sluice.* and an environment variable SLUICE_*;",
      "docs/configuration.md has them all."
    })
final class ServeCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli fills it before call().
  private CommandSpec spec;

  @Parameters(
      paramLabel = "SOURCE",
      arity = "0..*",
      description =
          "A magnet link, an infohash, a .torrent file or URL, or a file or folder of yours to seed.")
  private List<String> sources = List.of();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen on (127.0.0.1).")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "TCP port to listen on (8080); 0 takes a free one.")
  private @Nullable Integer port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder for what is to outlive the process (./data).")
  private @Nullable Path data;

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description = "Where the outside reaches this gateway (from host and port).")
  private @Nullable URI publicUrl;

  @Option(names = "--open", description = "Serve any infohash asked for, not only those added.")
  private boolean open;

  @Option(names = "--quiet", description = "Say only that the gateway is ready, and warnings.")
  private boolean quiet;

  @Override
  public Integer call() {
    configure();
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
        sources.toArray(String[]::new));
    return exit.get();
  }

  private void configure() {
    set("sluice.host", host);
    set("sluice.port", port);
    set("sluice.data", data);
    if (publicUrl != null) {
      String scheme = publicUrl.getScheme();
      if (!List.of("http", "https").contains(String.valueOf(scheme))
          || publicUrl.getHost() == null) {
        throw bad("--public-url takes an http or https URL, not " + publicUrl);
      }
      set("sluice.public-url", publicUrl);
    }
    if (open) {
      set("sluice.open", true);
    }
    if (quiet) {
      set("sluice.quiet", true);
      set("quarkus.log.level", "WARN");
    }
  }

  private static void set(String key, @Nullable Object value) {
    if (value != null) {
      System.setProperty(key, value.toString());
    }
  }

  private void checkSources() {
    for (String source : sources) {
      try {
        Source.parse(source);
      } catch (IllegalArgumentException mistake) {
        throw bad(String.valueOf(mistake.getMessage()));
      }
    }
  }

  /** Says in one line what a failed bind would say in many. */
  private void checkPort() {
    int wanted = port != null ? port : Settings.port();
    String address = host != null ? host : Settings.host();
    if (wanted < 0 || wanted > 65535) {
      throw bad("--port takes a number from 0 to 65535, not " + wanted);
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(address), wanted));
    } catch (UnknownHostException unknown) {
      throw bad("--host: there is no address " + address);
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

  private ParameterException bad(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
