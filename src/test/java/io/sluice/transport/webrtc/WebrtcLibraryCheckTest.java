package io.sluice.transport.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class WebrtcLibraryCheckTest {

  @Test
  void worksWhereTheTestsRun() {
    assertThat(WebrtcLibraryCheck.problemAtAGlance()).isEmpty();
    assertThat(WebrtcLibraryCheck.problem()).isEmpty();
    assertThat(LibraryInternals.KNOWN).as("the version whose leaks are mended").isPresent();
  }

  @Test
  void namesWhatIsMissingAndWhatMendsIt() {
    UnsatisfiedLinkError error =
        new UnsatisfiedLinkError(
            "/tmp/libwebrtc-java-linux-x86_641234.so: libpulse.so.0: cannot open shared object"
                + " file: No such file or directory");
    assertThat(WebrtcLibraryCheck.explain(error))
        .isEqualTo(
            "WebRTC is off: missing the shared library libpulse.so.0; on Debian and its kin:"
                + " apt-get install libpulse0");
    assertThat(WebrtcLibraryCheck.missingLibraries(List.of("libX11.so.6", "libdbus-1.so.3")))
        .isEqualTo(
            "WebRTC is off: missing the shared libraries libX11.so.6, libdbus-1.so.3; on Debian"
                + " and its kin: apt-get install libx11-6 libdbus-1-3");
  }

  @Test
  void aLibraryOfALibraryComesWithThoseThatWeKnow() {
    UnsatisfiedLinkError error =
        new UnsatisfiedLinkError("x.so: libsndfile.so.1: cannot open shared object file: No such");
    assertThat(WebrtcLibraryCheck.explain(error))
        .contains("libsndfile.so.1")
        .endsWith(WebrtcLibraryCheck.remedy());
  }

  @Test
  void explainsTheRestAsWell() {
    assertThat(
            WebrtcLibraryCheck.explain(
                new UnsatisfiedLinkError(
                    "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required"
                        + " by x.so)")))
        .contains("GLIBC_2.34")
        .contains("newer release");
    assertThat(WebrtcLibraryCheck.explain(new UnsatisfiedLinkError("odd")))
        .contains("odd")
        .contains(System.getProperty("os.arch"));
    assertThat(WebrtcLibraryCheck.explain(new NullPointerException())).contains("could not be");
  }

  @Test
  void tellsALibraryThatIsThereFromOneThatIsNot() {
    assertThat(WebrtcLibraryCheck.isThere("libc.so.6")).isTrue();
    assertThat(WebrtcLibraryCheck.isThere("libsluice-has-no-such.so.1")).isFalse();
  }
}
