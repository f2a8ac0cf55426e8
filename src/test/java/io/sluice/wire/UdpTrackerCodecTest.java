package io.sluice.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.UdpTrackerMessage.AnnounceRequest;
import io.sluice.wire.UdpTrackerMessage.Announced;
import io.sluice.wire.UdpTrackerMessage.ConnectRequest;
import io.sluice.wire.UdpTrackerMessage.Connected;
import io.sluice.wire.UdpTrackerMessage.Failure;
import io.sluice.wire.UdpTrackerMessage.Reply;
import io.sluice.wire.UdpTrackerMessage.Request;
import io.sluice.wire.UdpTrackerMessage.ScrapeRequest;
import io.sluice.wire.UdpTrackerMessage.Scraped;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The datagrams of BEP 15 and BEP 41, byte for byte. */
final class UdpTrackerCodecTest {

  private static final InfoHash TORRENT = InfoHash.parse("11".repeat(20));
  private static final PeerId PEER = PeerId.of("-SL0100-abcdefghijkl".getBytes(ISO_8859_1));
  private static final String PEER_HEX = "2d534c303130302d6162636465666768696a6b6c";

  private static String hex(UdpTrackerMessage message) {
    return HexFormat.of().formatHex(UdpTrackerCodec.encode(message));
  }

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  private static AnnounceRequest announce(OptionalLong left, Event event, String urlData) {
    return new AnnounceRequest(
        0x0102030405060708L,
        0x0A0B0C0D,
        new Announce(
            TORRENT, PEER, 3, 1, left, event, OptionalInt.empty(), List.of(), Optional.empty()),
        0x00C0FFEE,
        6881,
        urlData);
  }

  private static void roundTrips(Request request) {
    assertThat(UdpTrackerCodec.decodeRequest(ByteBuffer.wrap(UdpTrackerCodec.encode(request))))
        .isEqualTo(request);
  }

  private static void roundTrips(Reply reply, boolean ipv6) {
    ByteBuffer datagram = ByteBuffer.wrap(UdpTrackerCodec.encode(reply));
    assertThat(UdpTrackerCodec.transactionOf(datagram)).isEqualTo(reply.transactionId());
    assertThat(UdpTrackerCodec.decodeReply(datagram, ipv6)).isEqualTo(reply);
  }

  @Test
  void connects() {
    assertThat(hex(new ConnectRequest(0x0A0B0C0D))).isEqualTo("0000041727101980000000000a0b0c0d");
    roundTrips(new ConnectRequest(-1));
    Connected connected = new Connected(0x0A0B0C0D, 0x0102030405060708L);
    assertThat(hex(connected)).isEqualTo("000000000a0b0c0d0102030405060708");
    roundTrips(connected, false);
  }

  @Test
  void announces() {
    assertThat(hex(announce(OptionalLong.of(2), Event.STARTED, "")))
        .isEqualTo(
            "0102030405060708"
                + "00000001"
                + "0a0b0c0d"
                + "11".repeat(20)
                + PEER_HEX
                + "0000000000000001"
                + "0000000000000002"
                + "0000000000000003"
                + "00000002"
                + "00000000"
                + "00c0ffee"
                + "ffffffff"
                + "1ae1");
    roundTrips(announce(OptionalLong.of(0), Event.COMPLETED, ""));
    roundTrips(announce(OptionalLong.empty(), Event.STOPPED, ""));
    roundTrips(announce(OptionalLong.of(1), Event.UPDATE, ""));
  }

  @Test
  void writesUrlDataInOptions() {
    assertThat(hex(announce(OptionalLong.of(2), Event.STARTED, "/dir?a=b&c=d")))
        .endsWith("1ae1" + "020c" + "2f6469723f613d6226633d64");
    roundTrips(announce(OptionalLong.of(2), Event.STARTED, "/" + "x".repeat(700)));
  }

  @Test
  void readsOptionsOfAllKinds() {
    String plain = hex(announce(OptionalLong.of(2), Event.STARTED, ""));
    Request read =
        UdpTrackerCodec.decodeRequest(bytes(plain + "01 09020000 02022f61 020162 00 0203"));
    assertThat(read).isEqualTo(announce(OptionalLong.of(2), Event.STARTED, "/ab"));
    assertThatThrownBy(() -> UdpTrackerCodec.decodeRequest(bytes(plain + "0203 2f")))
        .isInstanceOf(WireException.class);
  }

  @Test
  void scrapes() {
    ScrapeRequest request = new ScrapeRequest(1, 2, List.of(TORRENT));
    assertThat(hex(request))
        .isEqualTo("0000000000000001" + "00000002" + "00000002" + "11".repeat(20));
    roundTrips(request);
    Scraped scraped = new Scraped(2, List.of(new Counts(1, 2, 3)));
    assertThat(hex(scraped))
        .isEqualTo("00000002" + "00000002" + "00000001" + "00000003" + "00000002");
    roundTrips(scraped, true);
  }

  @Test
  void listsPeersOfTheFamilyOfTheTracker() {
    Announced ipv4 = new Announced(7, 1800, 3, 4, List.of(address("127.0.0.1", 6881)));
    assertThat(hex(ipv4))
        .isEqualTo("00000001" + "00000007" + "00000708" + "00000003" + "00000004" + "7f0000011ae1");
    roundTrips(ipv4, false);
    Announced ipv6 = new Announced(7, 1800, 3, 4, List.of(address("2001:db8::1", 6881)));
    roundTrips(ipv6, true);
    ByteBuffer ragged = bytes(hex(ipv4) + "00000000 0050 7f");
    assertThat(((Announced) UdpTrackerCodec.decodeReply(ragged, false)).peers())
        .containsExactly(address("127.0.0.1", 6881), address("0.0.0.0", 80));
  }

  @Test
  void fails() {
    Failure failure = new Failure(7, "no");
    assertThat(hex(failure)).isEqualTo("00000003" + "00000007" + "6e6f");
    roundTrips(failure, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00000417271019800000",
        "0000041727101981 00000000 00000001",
        "0000041727101980 00000003 00000001",
        "0000041727101980 00000001 00000001",
      })
  void refusesRequests(String hex) {
    assertThatThrownBy(() -> UdpTrackerCodec.decodeRequest(bytes(hex)))
        .isInstanceOf(WireException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00000000000000",
        "0000000000000001",
        "00000001 00000001 00000708 00000001",
        "00000004 00000001"
      })
  void refusesReplies(String hex) {
    assertThatThrownBy(() -> UdpTrackerCodec.decodeReply(bytes(hex), false))
        .isInstanceOf(WireException.class);
  }

  @Test
  void nothingIsTooShortForItsTransaction() {
    assertThat(UdpTrackerCodec.transactionOf(bytes("000000"))).isZero();
  }
}
