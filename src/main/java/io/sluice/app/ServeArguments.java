package io.sluice.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.apache.commons.cli.help.HelpFormatter;
import org.apache.commons.cli.help.TextHelpAppendable;
import org.jspecify.annotations.Nullable;

/**
 * What was typed after {@code ./sluice serve}, as settings and sources.
 *
 * @param settings configuration keys and what they are set to
 * @param sources what is to be served, as it was typed
 * @param asks what is to be told instead of starting
 */
record ServeArguments(Map<String, String> settings, List<String> sources, Asks asks) {

  /** What was asked for in place of a gateway. */
  enum Asks {
    NOTHING,
    HELP,
    VERSION
  }

  /** Something was typed that means nothing here. */
  static final class MistakeException extends RuntimeException {
    MistakeException(String message) {
      super(message);
    }
  }

  static final String VERSION = "Sluice 0.1";

  /** Those that are configuration keys too, under the same name. */
  private static final List<Option> KEYS =
      List.of(
          valued("host", "ADDRESS", "Address to listen on (127.0.0.1)."),
          valued("port", "PORT", "TCP port to listen on (8080); 0 takes a free one."),
          valued("data", "DIR", "Folder for what is to outlive the process (./data)."),
          valued(
              "public-url", "URL", "Where the outside reaches this gateway (from host and port)."),
          flag(null, "open", "Serve any infohash asked for, not only those added."),
          flag(null, "quiet", "Say only that the gateway is ready, and warnings."));

  private static final Option HELP = flag("h", "help", "Show this and exit.");
  private static final Option SHOW_VERSION = flag("V", "version", "Print the version and exit.");
  private static final Options OPTIONS = new Options();

  static {
    KEYS.forEach(OPTIONS::addOption);
    OPTIONS.addOption(HELP).addOption(SHOW_VERSION);
  }

  private static Option valued(String name, String value, String description) {
    return Option.builder().longOpt(name).hasArg().argName(value).desc(description).get();
  }

  private static Option flag(@Nullable String letter, String name, String description) {
    return Option.builder(letter).longOpt(name).desc(description).get();
  }

  /**
   * Reads a command line: options are {@code --name value} or {@code --name=value}, anywhere before
   * {@code --}.
   *
   * @throws MistakeException when there is no such option, or it has no value or a wrong one
   */
  static ServeArguments parse(List<String> words) {
    CommandLine line = read(words);
    Map<String, String> settings = new LinkedHashMap<>();
    for (Option option : KEYS) {
      String name = option.getLongOpt();
      if (line.hasOption(option)) {
        String value = option.hasArg() ? line.getOptionValue(option) : "true";
        settings.put("sluice." + name, checked(name, value));
      }
    }
    if (settings.containsKey("sluice.quiet")) {
      settings.put("quarkus.log.level", "WARN");
    }
    Asks asks =
        line.hasOption(HELP)
            ? Asks.HELP
            : line.hasOption(SHOW_VERSION) ? Asks.VERSION : Asks.NOTHING;
    return new ServeArguments(settings, line.getArgList(), asks);
  }

  private static CommandLine read(List<String> words) {
    try {
      return DefaultParser.builder()
          .setAllowPartialMatching(false)
          .get()
          .parse(OPTIONS, words.toArray(String[]::new));
    } catch (UnrecognizedOptionException unknown) {
      throw new MistakeException("there is no option " + unknown.getOption());
    } catch (MissingArgumentException missing) {
      throw new MistakeException("--" + missing.getOption().getLongOpt() + " takes a value");
    } catch (ParseException mistake) {
      throw new MistakeException(String.valueOf(mistake.getMessage()));
    }
  }

  private static String checked(String name, String value) {
    if (value.isEmpty()) {
      throw new MistakeException("--" + name + " takes a value");
    }
    if (name.equals("port") && !value.matches("[0-9]{1,9}")) {
      throw new MistakeException("--port takes a number from 0 to 65535, not " + value);
    }
    if (name.equals("public-url") && !isWebAddress(value)) {
      throw new MistakeException("--public-url takes an http or https URL, not " + value);
    }
    return value;
  }

  private static boolean isWebAddress(String text) {
    try {
      URI url = URI.create(text);
      return List.of("http", "https").contains(String.valueOf(url.getScheme()))
          && url.getHost() != null;
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  /** What {@code --help} answers. */
  static String help() {
    StringBuilder text = new StringBuilder();
    try {
      HelpFormatter.builder()
          .setHelpAppendable(new TextHelpAppendable(text))
          .setShowSince(false)
          .get()
          .printHelp(
              "./sluice serve [OPTION...] [SOURCE...]",
              "Starts the gateway. A SOURCE is a magnet link, an infohash, a .torrent file or URL,"
                  + " or a file or folder of yours to seed.",
              OPTIONS.getOptions(),
              "Every option is also a configuration key sluice.* and an environment variable"
                  + " SLUICE_*; docs/configuration.md has them all.",
              false);
    } catch (IOException impossible) {
      throw new UncheckedIOException("a text in memory", impossible);
    }
    return text.toString();
  }
}
