package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.internal.NativeLoader;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says whether the native WebRTC library can be loaded here, and if not, what would mend it.
 *
 * <p>Safe for any thread; the library is tried once and the outcome is kept.
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

  /** What keeps WebRTC from working, in one sentence for people; empty when it works. */
  public static Optional<String> problem() {
    return Outcome.PROBLEM;
  }

  /** The command that installs everything that the library needs, on Debian and its kin. */
  public static String remedy() {
    return "apt-get install " + String.join(" ", PACKAGES.values());
  }

  private static final class Outcome {
    private static final Optional<String> PROBLEM = load();

    private static Optional<String> load() {
      try {
        NativeLoader.loadLibrary("webrtc-java");
        return Optional.empty();
      } catch (Throwable failure) {
        return Optional.of(explain(failure));
      }
    }
  }

  static String explain(Throwable failure) {
    String said = String.valueOf(failure.getMessage());
    Matcher missing = MISSING.matcher(said);
    if (missing.find()) {
      return missingLibrary(missing.group(1));
    }
    Matcher old = TOO_OLD.matcher(said);
    if (old.find()) {
      return "WebRTC is off: the WebRTC library needs "
          + old.group(1)
          + ", which is newer than this system's C library; use a newer release of the system";
    }
    String platform = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
    if (!(failure instanceof UnsatisfiedLinkError)) {
      // The loader found no library for this platform among the resources.
      return "WebRTC is off: there is no WebRTC library for " + platform + " (" + failure + ")";
    }
    return "WebRTC is off: the WebRTC library could not be loaded on " + platform + ": " + said;
  }

  private static String missingLibrary(String library) {
    String owner = PACKAGES.get(library);
    if (owner == null) {
      // Needed by one of those that we know, so the package of that one brings it along.
      return "WebRTC is off: the shared library " + library + " is missing; " + remedy();
    }
    return "WebRTC is off: the shared library "
        + library
        + " is missing (Debian package "
        + owner
        + "); this installs all that WebRTC needs: "
        + remedy();
  }
}
