package io.sluice.app;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was typed after {@code ./sluice serve}, as settings and sources.
 *
 * <p>Read by hand: the library for it took a quarter of the time until the first answer, since its
 * classes are too old a format for the start-up cache.
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

  private static final List<String> VALUED = List.of("--host", "--port", "--data", "--public-url");

  static final String VERSION = "Sluice 0.1";

  static final String HELP =
      """
      Usage: ./sluice serve [OPTION...] [SOURCE...]

      Starts the gateway. A SOURCE is a magnet link, an infohash, a .torrent file or URL,
      or a file or folder of yours to seed.

            --host=ADDRESS     Address to listen on (127.0.0.1).
            --port=PORT        TCP port to listen on (8080); 0 takes a free one.
            --data=DIR         Folder for what is to outlive the process (./data).
            --public-url=URL   Where the outside reaches this gateway (from host and port).
            --open             Serve any infohash asked for, not only those added.
            --quiet            Say only that the gateway is ready, and warnings.
        -h, --help             Show this and exit.
        -V, --version          Print the version and exit.

      Every option is also a configuration key sluice.* and an environment variable SLUICE_*;
      docs/configuration.md has them all.
      """;

  /** Something was typed that means nothing here. */
  static final class MistakeException extends RuntimeException {
    MistakeException(String message) {
      super(message);
    }
  }

  /**
   * Reads a command line: options are {@code --name value} or {@code --name=value}, anywhere before
   * {@code --}.
   *
   * @throws MistakeException when there is no such option, or it has no value or a wrong one
   */
  static ServeArguments parse(List<String> words) {
    Map<String, String> settings = new LinkedHashMap<>();
    List<String> sources = new ArrayList<>();
    Asks asks = Asks.NOTHING;
    boolean options = true;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!options || !word.startsWith("-") || word.equals("-")) {
        sources.add(word);
        continue;
      }
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      if (equals >= 0 && !VALUED.contains(name)) {
        throw new MistakeException("there is no option " + word);
      }
      switch (name) {
        case "--" -> options = false;
        case "-h", "--help" -> asks = Asks.HELP;
        case "-V", "--version" -> asks = Asks.VERSION;
        case "--open" -> settings.put("sluice.open", "true");
        case "--quiet" -> {
          settings.put("sluice.quiet", "true");
          settings.put("quarkus.log.level", "WARN");
        }
        case "--host", "--port", "--data", "--public-url" -> {
          if (equals < 0 && i + 1 == words.size()) {
            throw new MistakeException(name + " takes a value");
          }
          String value = equals < 0 ? words.get(++i) : word.substring(equals + 1);
          settings.put("sluice." + name.substring(2), checked(name, value));
        }
        default -> throw new MistakeException("there is no option " + name);
      }
    }
    return new ServeArguments(settings, sources, asks);
  }

  private static String checked(String name, String value) {
    if (value.isEmpty()) {
      throw new MistakeException(name + " takes a value");
    }
    if (name.equals("--port") && !value.matches("[0-9]{1,9}")) {
      throw new MistakeException("--port takes a number from 0 to 65535, not " + value);
    }
    if (name.equals("--public-url") && !isWebAddress(value)) {
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
}
