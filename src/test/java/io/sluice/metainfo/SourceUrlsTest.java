package io.sluice.metainfo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SourceUrlsTest {

  record Case(String text, String url) {}

  static final List<Case> CASES =
      List.of(
          new Case("http://s.example/dir/", "http://s.example/dir/"),
          new Case("HTTPS://S.example:8443/x?y=z#w", "https://S.example:8443/x?y=z#w"),
          new Case(" http://s.example/a b ", "http://s.example/a%20b"),
          new Case("http://s.example/100%/%41/%zz", "http://s.example/100%25/%41/%25zz"),
          new Case(
              "http://s.example/[a]{b}|^`<>\"",
              "http://s.example/%5Ba%5D%7Bb%7D%7C%5E%60%3C%3E%22"),
          new Case("http://müller.example/ü", "http://xn--mller-kva.example/%C3%BC"),
          new Case("http://[2001:db8::1]:80/x", "http://[2001:db8::1]:80/x"),
          new Case("http://user:secret@s.example/", "http://user:secret@s.example/"),
          new Case("http://192.0.2.1", "http://192.0.2.1"));

  @ParameterizedTest
  @FieldSource("CASES")
  void usable(Case c) {
    assertThat(SourceUrls.web(c.text())).contains(URI.create(c.url()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "http:",
        "http://",
        "http:///x",
        "//s.example/",
        "ftp://s.example/",
        "http://s.example:x/",
        "http://s.example:65536/",
        "http://s.example:0/",
        "http://a b/",
        "http://[::1/",
        "http://s.example/\u0000",
        "http://s.example/\r\nHost: x",
        "http://s.example\\@t.example/",
        "http://s.example/a\\b",
        "http://-x.example-/",
        "data:text/html,x",
        "http://\ud800/",
      })
  void unusable(String text) {
    assertThat(SourceUrls.web(text)).isEmpty();
  }

  @Test
  void lengthIsBoundedAfterEscapingToo() {
    assertThat(SourceUrls.web("http://s.example/" + "x".repeat(2000))).isPresent();
    assertThat(SourceUrls.web("http://s.example/" + "é".repeat(2000))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https", "udp", "ws", "wss"})
  void trackerSchemes(String scheme) {
    assertThat(SourceUrls.tracker(scheme + "://t.example/")).isPresent();
    assertThat(SourceUrls.web(scheme + "://t.example/").isPresent())
        .isEqualTo(scheme.startsWith("http"));
  }
}
