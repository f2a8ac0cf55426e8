package io.sluice.app;

import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine;

/** Where the process begins: the command line is read before anything is started. */
@QuarkusMain
public final class Main {

  static final int USAGE = 2;
  static final int FAILURE = 1;

  private Main() {}

  public static void main(String... args) {
    // Quarkus would refuse a path with a bare percent sign, which webtorrent sends for a file's
    // name
    // that has one; our routes mend it, and the router refuses what they leave.
    System.setProperty("vertx.disableURIValidation", "true");
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new ServeCommand())
        .setParameterExceptionHandler(
            (mistake, _) -> {
              complain(mistake.getMessage() + " (./sluice serve --help tells what there is)");
              return USAGE;
            })
        .setExecutionExceptionHandler(
            (failure, _, _) -> {
              complain(failure.getMessage() == null ? failure.toString() : failure.getMessage());
              return FAILURE;
            });
  }

  /** One line on standard error that is no complaint. */
  static void say(String line) {
    System.err.println("sluice: " + line);
  }

  /** One line on standard error, whatever is in it. */
  static void complain(String message) {
    System.err.println("sluice: " + message.lines().findFirst().orElse("failed"));
  }
}
