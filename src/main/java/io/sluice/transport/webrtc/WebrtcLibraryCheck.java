package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.internal.NativeLoader;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says whether the native WebRTC library can be loaded here, and if not, what would mend it.
 *
 * <p>Safe for any thread.
 */
public final class WebrtcLibraryCheck {

  /** What the library is linked against beside libc and libm, and the Debian package of each. */
  private static final Map<String, String> PACKAGES =
      new TreeMap<>(
          Map.of(
              "libpulse.so.0", "libpulse0",
              "libudev.so.1", "libudev1",
              "libX11.so.6", "libx11-6",
              "libXfixes.so.3", "libxfixes3",
              "libXrandr.so.2", "libxrandr2",
              "libXcomposite.so.1", "libxcomposite1",
              "libdbus-1.so.3", "libdbus-1-3"));

  private static final Pattern MISSING =
      Pattern.compile("(lib[\\w.+-]+\\.so[\\w.]*): cannot open shared object file");

  private static final Pattern TOO_OLD =
      Pattern.compile("version [`'\"]?(GLIBC(?:XX)?_[\\d.]+)[`'\"]? not found");

  private WebrtcLibraryCheck() {}

  /**
   * What keeps WebRTC from working, in one sentence for people; empty when it works. Loads the
   * library; done once, then the outcome is kept.
   */
  public static Optional<String> problem() {
    return Outcome.PROBLEM;
  }

  /**
   * The same as far as it can be told without loading the library, which stays loaded and has
   * something to say on standard output when the process ends: whether it supports this platform
   * and finds the libraries that it needs.
   */
  public static Optional<String> problemAtAGlance() {
    if (!platform().equals("linux amd64")) {
      return Optional.of("WebRTC is off: there is no WebRTC library for " + platform());
    }
    List<String> missing = PACKAGES.keySet().stream().filter(name -> !isThere(name)).toList();
    return missing.isEmpty() ? Optional.empty() : Optional.of(missingLibraries(missing));
  }

  /** The command that installs everything that the library needs, on Debian and its kin. */
  public static String remedy() {
    return "apt-get install " + String.join(" ", PACKAGES.values());
  }

  private static final class Outcome {
    private static final Optional<String> PROBLEM = problemAtAGlance().or(Outcome::load);

    private static Optional<String> load() {
      try {
        NativeLoader.loadLibrary("webrtc-java");
        return Optional.empty();
      } catch (Throwable failure) {
        return Optional.of(explain(failure));
      }
    }
  }

  static boolean isThere(String library) {
    try (Arena arena = Arena.ofConfined()) {
      var _ = SymbolLookup.libraryLookup(library, arena);
      return true;
    } catch (IllegalArgumentException notFound) {
      return false;
    }
  }

  static String explain(Throwable failure) {
    String said = String.valueOf(failure.getMessage());
    Matcher missing = MISSING.matcher(said);
    if (missing.find()) {
      return missingLibraries(List.of(missing.group(1)));
    }
    Matcher old = TOO_OLD.matcher(said);
    if (old.find()) {
      return "WebRTC is off: the WebRTC library needs "
          + old.group(1)
          + ", which is newer than this system's C library; use a newer release of the system";
    }
    return "WebRTC is off: the WebRTC library could not be loaded on " + platform() + ": " + said;
  }

  static String missingLibraries(List<String> names) {
    StringBuilder text = new StringBuilder("WebRTC is off: missing ");
    text.append(names.size() == 1 ? "the shared library " : "the shared libraries ");
    text.append(String.join(", ", names));
    // One that is not listed is needed by one that is, whose package brings it along.
    List<String> owners = names.stream().filter(PACKAGES::containsKey).map(PACKAGES::get).toList();
    String remedy = owners.isEmpty() ? remedy() : "apt-get install " + String.join(" ", owners);
    return text.append("; on Debian and its kin: ").append(remedy).toString();
  }

  private static String platform() {
    return (System.getProperty("os.name") + " " + System.getProperty("os.arch"))
        .toLowerCase(Locale.ROOT);
  }
}
