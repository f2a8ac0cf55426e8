package io.sluice.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.metainfo.Magnet.FileRange;
import io.sluice.metainfo.Magnet.HostPort;
import io.sluice.testing.SeededCases;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MagnetLinkTest {

  private static final String HEX = "00443214c74254b635cf84653a56d7c675be77df";
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final InfoHash INFO_HASH = InfoHash.parse(HEX);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "magnet:?xt=urn:btih:" + HEX,
        "MAGNET:?XT=URN:BTIH:00443214C74254B635CF84653A56D7C675BE77DF",
        "magnet:?xt=urn:btih:" + BASE32,
        "magnet:?xt.1=urn:btih:" + HEX + "&xt.2=urn:btmh:1220" + HEX,
        "magnet:?xt=urn%3Abtih%3A" + HEX,
        "  magnet:?dn=x&xt=urn:btih:" + HEX + "\n",
        "magnet:?xt=urn:sha1:YNCKHTQCWBTRNJIV4WNAE52SJUQCZO5C&xt=urn:btih:" + HEX,
        "magnet://?xt=urn:btih:" + HEX,
      })
  void infohashes(String link) {
    assertThat(MagnetLink.parse(link).infoHash()).isEqualTo(INFO_HASH);
  }

  @Test
  void everyParameter() {
    Magnet magnet =
        MagnetLink.parse(
            "magnet:?xt=urn:btih:"
                + HEX
                + "&dn=A+name%2B%C3%A9&tr=wss%3A%2F%2Ft.example%2Fa%3Fk%3D1%26l%3D2&TR.2=udp://u.example:1337/announce"
                + "&ws=https%3A%2F%2Fs.example%2Fdir%2F&as=http://a.example/x&xs=https://x.example/a.torrent"
                + "&xs=urn:btpk:00&so=0,2,4-6&x.pe=192.0.2.1:6881&x.pe=[2001:db8::1]:6882&x.pe=peer.example:1"
                + "&kt=ignored&xl=10");
    assertThat(magnet)
        .isEqualTo(
            new Magnet(
                INFO_HASH,
                Optional.of("A name+é"),
                List.of(
                    URI.create("wss://t.example/a?k=1&l=2"),
                    URI.create("udp://u.example:1337/announce")),
                List.of(URI.create("https://s.example/dir/"), URI.create("http://a.example/x")),
                List.of(URI.create("https://x.example/a.torrent")),
                List.of(new FileRange(0, 0), new FileRange(2, 2), new FileRange(4, 6)),
                List.of(
                    new HostPort("192.0.2.1", 6881),
                    new HostPort("2001:db8::1", 6882),
                    new HostPort("peer.example", 1))));
  }

  @Test
  void ampersandsFromAPage() {
    Magnet magnet =
        MagnetLink.parse("magnet:?xt=urn:btih:" + HEX + "&amp;tr=wss://t.example&amp;dn=x");
    assertThat(magnet.trackers()).containsExactly(URI.create("wss://t.example"));
    assertThat(magnet.displayName()).contains("x");
  }

  @Test
  void unescapedTrackersWithQueriesSurvive() {
    assertThat(with("tr=http://t.example/announce?passkey=abc=").trackers())
        .containsExactly(URI.create("http://t.example/announce?passkey=abc="));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tr=ftp://t.example/",
        "tr=javascript:alert(1)",
        "tr=file:///etc/passwd",
        "tr=/announce",
        "tr=http://",
        "tr=http://t.example:99999/",
        "tr=http://t.example:0/",
        "tr=http://t.example%0d%0aX:1/",
        "tr=http://a%5c@b.example/",
        "tr=",
        "tr",
        "=wss://t.example",
        "ws=wss://s.example/",
        "ws=udp://s.example:1/",
        "xs=urn:btpk:00",
        "x.pe=peer.example",
        "x.pe=peer.example:0",
        "x.pe=peer.example:65536",
        "x.pe=[::g]:1",
        "x.pe=[fe80::1%25eth0]:1",
        "x.pe=2001:db8::1:1",
        "x.pe=a/b:1",
        "so=a",
        "so=5-2",
        "so=-1",
        "so=99999999999",
        "dn=%00%e2%80%ae",
      })
  void whatIsOfNoUseIsLeftOut(String parameter) {
    assertThat(with(parameter)).isEqualTo(MagnetLink.parse("magnet:?xt=urn:btih:" + HEX));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://example.com/?xt=urn:btih:" + HEX,
        "magnet:",
        "magnet:?",
        "magnet:?dn=x",
        "magnet:?xt=",
        "magnet:?xt=urn:btih:",
        "magnet:?xt=urn:btih:" + HEX + "0",
        "magnet:?xt=urn:btih:zz443214c74254b635cf84653a56d7c675be77df",
        HEX,
      })
  void refuses(String link) {
    assertThatThrownBy(() -> MagnetLink.parse(link))
        .isInstanceOf(MetainfoException.class)
        .hasMessageContaining("magnet");
  }

  @Test
  void v2OnlyLinksAreRefused() {
    assertThatThrownBy(
            () -> MagnetLink.parse("magnet:?xt=urn:btmh:1220" + HEX + HEX.substring(0, 24)))
        .isInstanceOf(MetainfoException.class)
        .hasMessageContaining("v2");
  }

  @Test
  void boundsHold() {
    int max = MetainfoLimits.DEFAULT.maxUrls();
    String many =
        IntStream.range(0, 200)
            .mapToObj(i -> "tr=ws://t" + i + "&ws=http://s" + i + "&x.pe=p:" + (i + 1))
            .collect(Collectors.joining("&"));
    Magnet magnet = with(many);
    assertThat(magnet.trackers()).hasSize(max);
    assertThat(magnet.webSeeds()).hasSize(max);
    assertThat(magnet.peers()).hasSize(max);
    assertThat(with("so=" + "1,".repeat(5000)).selectedFiles())
        .hasSize(MetainfoLimits.DEFAULT.maxFileRanges());
    assertThat(with("tr=ws://t&tr=ws://t").trackers()).hasSize(1);
    assertThat(with("tr=ws://t/" + "x".repeat(2048)).trackers()).isEmpty();
    assertThat(with("dn=" + "é".repeat(10_000)).displayName().orElseThrow().length())
        .isLessThan(256);
    assertThatThrownBy(() -> with("dn=" + "x".repeat(70_000)))
        .isInstanceOf(MetainfoException.class);
    assertThatThrownBy(() -> with("a=b&".repeat(1000))).isInstanceOf(MetainfoException.class);
  }

  @Test
  void formatEscapesWhatWouldEndAValue() {
    Magnet magnet =
        new Magnet(
            INFO_HASH,
            Optional.of("a=b & c+d"),
            List.of(URI.create("wss://t.example/a?k=1&l=2")),
            List.of(URI.create("https://s.example/a%20b/")),
            List.of(),
            List.of(new FileRange(0, 0), new FileRange(4, 6)),
            List.of(new HostPort("2001:db8::1", 6882), new HostPort("192.0.2.1", 1)));
    String link = MagnetLink.format(magnet);
    assertThat(link)
        .isEqualTo(
            "magnet:?xt=urn:btih:"
                + HEX
                + "&dn=a%3Db%20%26%20c%2Bd&tr=wss%3A%2F%2Ft.example%2Fa%3Fk%3D1%26l%3D2"
                + "&ws=https%3A%2F%2Fs.example%2Fa%2520b%2F&so=0,4-6"
                + "&x.pe=[2001:db8::1]:6882&x.pe=192.0.2.1:1");
    assertThat(MagnetLink.parse(link)).isEqualTo(magnet);
    assertThat(MagnetLink.format(INFO_HASH)).isEqualTo("magnet:?xt=urn:btih:" + HEX);
  }

  @Test
  void roundTrips() {
    SeededCases.run(
        10_000,
        random -> {
          Magnet magnet = magnet(random);
          String link = MagnetLink.format(magnet);
          assertThat(MagnetLink.parse(link)).isEqualTo(magnet);
          // What drops a parameter with a second = drops nothing.
          assertThat(link).matches("magnet:\\?[^&=]+=[^&=]*(?:&[^&=]+=[^&=]*)*");
        });
  }

  private static Magnet magnet(Random random) {
    byte[] hash = new byte[20];
    random.nextBytes(hash);
    List<FileRange> ranges = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      int first = random.nextInt(1000);
      ranges.add(new FileRange(first, first + random.nextInt(3)));
    }
    List<HostPort> peers = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      String host = random.nextBoolean() ? "10.0.0." + i : "fe80::" + i;
      peers.add(new HostPort(host, 1 + random.nextInt(0xFFFF)));
    }
    return new Magnet(
        InfoHash.of(hash),
        random.nextBoolean() ? Optional.empty() : Optional.of("n" + noise(random) + "m"),
        random.nextBoolean() ? List.of() : List.of(uri("wss", random), uri("udp", random)),
        random.nextBoolean() ? List.of() : List.of(uri("https", random)),
        random.nextBoolean() ? List.of() : List.of(uri("http", random)),
        ranges,
        peers);
  }

  private static URI uri(String scheme, Random random) {
    String path = Percent.encode(noise(random)).toLowerCase(Locale.ROOT);
    return URI.create(scheme + "://h" + random.nextInt(9) + ".example/" + path + "?a=b&c=" + path);
  }

  private static String noise(Random random) {
    String letters = "abcäöü€😀&=+%?#/ .'\"<>";
    int[] points = letters.codePoints().toArray();
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      out.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return new String(out.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static Magnet with(String parameters) {
    return MagnetLink.parse("magnet:?xt=urn:btih:" + HEX + "&" + parameters);
  }
}
