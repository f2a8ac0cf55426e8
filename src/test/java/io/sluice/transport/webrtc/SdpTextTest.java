package io.sluice.transport.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SdpTextTest {

  private static final int MAX_BYTES = 64 * 1024;

  private static final String HEAD =
      """
      v=0
      o=- 1 2 IN IP4 127.0.0.1
      s=-
      t=0 0
      a=group:BUNDLE 0
      a=extmap-allow-mixed
      a=msid-semantic: WMS
      m=application 9 UDP/DTLS/SCTP webrtc-datachannel
      c=IN IP4 0.0.0.0
      """;
  private static final String TAIL =
      """
      a=ice-ufrag:sfY8
      a=ice-pwd:zLP15T0BOGs+3kG1rhWBdV9G
      a=ice-options:trickle
      a=setup:actpass
      a=mid:0
      a=sctp-port:5000
      """;

  private static String sdp(String... candidates) {
    StringBuilder text = new StringBuilder(HEAD);
    for (String candidate : candidates) {
      text.append("a=candidate:").append(candidate).append('\n');
    }
    return text.append(TAIL).toString().replace("\n", "\r\n");
  }

  private static SdpText.Remote remote(String sdp) {
    return SdpText.remote(sdp, MAX_BYTES, _ -> true);
  }

  @Test
  void keepsWhatIsOfUse() {
    String sdp =
        sdp(
            "1 1 udp 2122260223 192.0.2.7 50000 typ host generation 0",
            "2 1 UDP 2122265343 2001:db8::7 50001 typ host",
            "3 1 udp 1686052607 198.51.100.9 61000 typ srflx raddr 192.0.2.7 rport 50000");
    assertThat(remote(sdp).sdp()).isEqualTo(sdp);
    assertThat(remote(sdp.replace("\r\n", "\n")).sdp()).isEqualTo(sdp);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 1 udp 2122260223 c9ad5e35-0c4e-4d4a-8a43-b0f1c1a5b3d2.local 50000 typ host",
        "1 1 udp 2122260223 internal.example 50000 typ host",
        "1 1 udp 2122260223 127.1 50000 typ host",
        "1 1 udp 2122260223 2130706433 50000 typ host",
        "1 1 udp 2122260223 0177.0.0.1 50000 typ host",
        "1 1 udp 2122260223 ::ffff:192.0.2.7 50000 typ host",
        "1 1 udp 2122260223 fe80::1%eth0 50000 typ host",
        "1 1 udp 2122260223 [2001:db8::7] 50000 typ host",
        "1 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active",
        "1 1 ssltcp 1518280447 192.0.2.7 443 typ host",
        "1 1 udp 2122260223 192.0.2.7 99999999 typ host",
        "1 1 udp 2122260223 192.0.2.7 65536 typ host",
        "1 1 udp 2122260223 192.0.2.7 0 typ host",
        "1 1 udp 2122260223 0.0.0.0 50000 typ host",
        "1 1 udp 2122260223 224.0.0.251 5353 typ host",
        "1 1 udp 2122260223 ff02::fb 5353 typ host",
        "1 1 udp 2122260223 255.255.255.255 50000 typ host",
        "1 1 udp 2122260223",
        ""
      })
  void dropsCandidatesThatWeWouldNeverUse(String candidate) {
    SdpText.Remote remote = remote(sdp(candidate));
    assertThat(remote.sdp()).isEqualTo(sdp());
    assertThat(remote.address()).isEmpty();
  }

  @Test
  void dropsAddressesThatMayNotBeContacted() throws Exception {
    InetAddress forbidden = InetAddress.ofLiteral("192.0.2.7");
    String sdp =
        sdp(
            "1 1 udp 2122260223 192.0.2.7 50000 typ host",
            "2 1 udp 2122260223 192.0.2.8 50000 typ host");
    SdpText.Remote remote = SdpText.remote(sdp, MAX_BYTES, each -> !each.equals(forbidden));
    assertThat(remote.sdp()).isEqualTo(sdp("2 1 udp 2122260223 192.0.2.8 50000 typ host"));
    assertThat(remote.address()).isEqualTo("192.0.2.8:50000");
  }

  @Test
  void keepsNoMoreCandidatesThanABrowserHas() {
    String[] many = new String[500];
    for (int i = 0; i < many.length; i++) {
      many[i] = i + " 1 udp 2122260223 192.0.2.7 " + (50000 + i) + " typ host";
    }
    assertThat(remote(sdp(many)).sdp().lines().filter(l -> l.startsWith("a=candidate:")))
        .hasSize(32);
  }

  @Test
  void tellsTheLikeliestAddress() {
    assertThat(
            remote(
                    sdp(
                        "1 1 udp 1 192.0.2.7 50000 typ host",
                        "2 1 udp 1 198.51.100.9 61000 typ srflx raddr 0.0.0.0 rport 0"))
                .address())
        .isEqualTo("198.51.100.9:61000");
    assertThat(remote(sdp("1 1 udp 1 2001:db8::7 50000 typ host")).address())
        .isEqualTo("[2001:db8:0:0:0:0:0:7]:50000");
    assertThat(remote(sdp()).address()).isEmpty();
  }

  @Test
  void readsWhatThePeerTakesInOneMessage() {
    assertThat(remote(sdp()).maxMessageBytes()).as("by default").isEqualTo(65536);
    assertThat(remote(sdp() + "a=max-message-size:262144\r\n").maxMessageBytes()).isEqualTo(262144);
    assertThat(remote(sdp() + "a=max-message-size:0\r\n").maxMessageBytes())
        .as("no limit")
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(remote(sdp() + "a=max-message-size:999999999999\r\n").maxMessageBytes())
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void refusesWhatIsNotOneDataChannel() {
    String[] bad = {
      "",
      "hello",
      "{}",
      HEAD.replace("v=0", "v=1"),
      sdp().replace("m=application", "m=audio"),
      sdp() + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
      sdp() + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
      sdp().replaceFirst("(?m)^m=.*$", "b=AS:30"),
      sdp() + "a=max-message-size:-5\r\n",
      sdp() + "a=max-message-size:12\r\n",
      sdp() + "a=x\u0000\r\n",
      sdp() + "a=\u00e9\r\n",
      sdp() + "a=x\r\n".repeat(1000),
      sdp() + "a=" + "x".repeat(MAX_BYTES) + "\r\n"
    };
    for (String each : bad) {
      assertThatThrownBy(() -> remote(each)).isInstanceOf(WebrtcRefusal.class);
    }
  }

  @Test
  void nothingButARefusalComesOfAnyText() {
    Random random = new Random(8);
    String good = sdp("1 1 udp 2122260223 192.0.2.7 50000 typ host");
    int refused = 0;
    for (int round = 0; round < 10_000; round++) {
      StringBuilder text = new StringBuilder(good);
      for (int change = random.nextInt(4); change >= 0 && !text.isEmpty(); change--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65536));
          case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
          default -> text.insert(at, text.substring(0, random.nextInt(text.length())));
        }
      }
      try {
        assertThat(remote(text.toString()).maxMessageBytes()).isPositive();
      } catch (WebrtcRefusal refusal) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1000, 9999);
  }

  @Test
  void ourOwnIsMadeSmall() {
    String[] many = new String[40];
    for (int i = 0; i < many.length; i++) {
      many[i] =
          i == 5
              ? "5 1 udp 1686052607 198.51.100.9 61000 typ srflx raddr 192.0.2.7 rport 50000"
              : "1587150469 1 udp 2122265343 2001:db8:1111:2222:3333:4444:5555:6666 5000"
                  + i % 10
                  + " typ host generation 0 network-id 2";
    }
    String local = SdpText.local(sdp(many));
    assertThat(local.length()).isLessThan(2500);
    assertThat(local)
        .contains("typ srflx")
        .contains("a=ice-pwd:")
        .contains("a=sctp-port:5000")
        .doesNotContain("trickle")
        .doesNotContain("extmap")
        .endsWith("\r\n");
    assertThat(local.lines().filter(line -> line.startsWith("a=candidate:"))).hasSize(16);
    assertThat(SdpText.hasCandidates(local)).isTrue();
    assertThat(SdpText.hasCandidates(sdp())).isFalse();
  }
}
