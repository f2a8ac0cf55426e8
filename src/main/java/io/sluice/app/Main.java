package io.sluice.app;

import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;

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
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> words) {
    try {
      ServeArguments arguments = ServeArguments.parse(words);
      return switch (arguments.asks()) {
        case NOTHING -> new ServeCommand(arguments).run();
        case HELP -> tell(ServeArguments.help());
        case VERSION -> tell(ServeArguments.VERSION + "\n");
      };
    } catch (ServeArguments.MistakeException mistake) {
      complain(mistake.getMessage() + " (./sluice serve --help tells what there is)");
      return USAGE;
    } catch (RuntimeException failure) {
      complain(failure.getMessage() == null ? failure.toString() : failure.getMessage());
      return FAILURE;
    }
  }

  private static int tell(String text) {
    System.out.print(text);
    System.out.flush();
    return 0;
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
