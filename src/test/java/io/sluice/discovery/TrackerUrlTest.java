package io.sluice.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
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
    "udp://tracker.example:1337/announce, udp trackers are not supported yet",
    "http://tracker.example/announce, http trackers are not supported yet",
    "https://tracker.example/announce, https trackers are not supported yet",
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
