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

  /** One line on standard error, whatever is in it. */
  static void complain(String message) {
    System.err.println("sluice: " + message.lines().findFirst().orElse("failed"));
  }
}
