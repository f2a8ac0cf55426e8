package io.sluice.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TrackerUrlTest {

  @ParameterizedTest
  @CsvSource({
    "wss://Tracker.Example, true, tracker.example, 443, /",
    "wss://tracker.example/, true, tracker.example, 443, /",
    "WS://tracker.example:80/, false, tracker.example, 80, /",
    "ws://tracker.example:8000/announce, false, tracker.example, 8000, /announce",
    "ws://tracker.example:8000/announce/, false, tracker.example, 8000, /announce",
    "ws://tracker.example/a%20b?key=1%2F#x, false, tracker.example, 80, /a%20b?key=1%2F",
    "ws://[2A00::1]:9/, false, [2a00::1], 9, /",
  })
  void webSockets(String uri, boolean tls, String host, int port, String target) {
    TrackerUrl url = TrackerUrl.of(URI.create(uri));
    assertThat(url).isEqualTo(new TrackerUrl.WebSocket(tls, host, port, target));
    assertThat(((TrackerUrl.WebSocket) url).uri().getRawPath())
        .isEqualTo(target.replaceFirst("\\?.*", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "udp://tracker.example/announce, the tracker's URL has no valid port",
    "http://user@tracker.example/announce, the tracker's URL has a user name in it",
    "ftp://tracker.example/announce, not the URL of a tracker",
    "announce, not the URL of a tracker",
    "ws:tracker, the tracker's URL has no valid host",
    "ws:///announce, the tracker's URL has no valid host",
    "ws://under_score/, the tracker's URL has no valid host",
    "ws://tracker.example:0/, the tracker's URL has no valid port",
    "ws://tracker.example:65536/, the tracker's URL has no valid port",
    "ws://user:secret@tracker.example/, the tracker's URL has a user name in it",
  })
  void unsupported(String uri, String reason) {
    assertThat(TrackerUrl.of(URI.create(uri))).isEqualTo(new TrackerUrl.Unsupported(reason));
  }

  @ParameterizedTest
  @CsvSource({
    "http://Tracker.example, false, tracker.example, 80, /, ",
    "http://tracker.example:8080/announce, false, tracker.example, 8080, /announce, /scrape",
    "https://tracker.example/x/announce.php?k=1, true, tracker.example, 443, /x/announce.php?k=1,"
        + " /x/scrape.php?k=1",
    "http://tracker.example/a/announce/, false, tracker.example, 80, /a/announce/, ",
    "http://tracker.example/a?x=/announce, false, tracker.example, 80, /a?x=/announce, ",
    "http://[::1]:6969/announce?, false, [::1], 6969, /announce?, /scrape?",
  })
  void http(String uri, boolean tls, String host, int port, String target, String scrape) {
    TrackerUrl url = TrackerUrl.of(URI.create(uri));
    assertThat(url).isEqualTo(new TrackerUrl.Http(tls, host, port, target));
    assertThat(((TrackerUrl.Http) url).scrape().map(TrackerUrl.Http::target))
        .isEqualTo(Optional.ofNullable(scrape));
  }

  @Test
  void appendsToTheQuery() {
    assertThat(new TrackerUrl.Http(false, "t", 80, "/a").targetWith("x=1")).isEqualTo("/a?x=1");
    assertThat(new TrackerUrl.Http(false, "t", 80, "/a?b").targetWith("x=1")).isEqualTo("/a?b&x=1");
  }

  @ParameterizedTest
  @CsvSource({
    "udp://Tracker.example:1337, tracker.example, 1337, ''",
    "udp://tracker.example:1337/, tracker.example, 1337, ''",
    "udp://tracker.example:1337/announce?k=%2F, tracker.example, 1337, /announce?k=%2F",
    "udp://[2001:DB8::1]:80/announce, [2001:db8::1], 80, /announce",
  })
  void udp(String uri, String host, int port, String urlData) {
    assertThat(TrackerUrl.of(URI.create(uri))).isEqualTo(new TrackerUrl.Udp(host, port, urlData));
  }

  @Test
  void boundsTheLength() {
    String uri = "ws://tracker.example/" + "x".repeat(TrackerUrl.MAX_CHARS);
    assertThat(TrackerUrl.of(URI.create(uri.substring(0, TrackerUrl.MAX_CHARS))))
        .isInstanceOf(TrackerUrl.WebSocket.class);
    assertThat(TrackerUrl.of(URI.create(uri))).isInstanceOf(TrackerUrl.Unsupported.class);
    assertThat(TrackerUrl.of(URI.create("ws://tracker.example/\u00e9")))
        .isEqualTo(new TrackerUrl.WebSocket(false, "tracker.example", 80, "/%C3%A9"));
  }
}
