package io.sluice.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.wire.AddressReply.Announced;
import io.sluice.wire.AddressReply.Failure;
import io.sluice.wire.AddressReply.Peer;
import io.sluice.wire.AddressReply.Retry;
import io.sluice.wire.AddressReply.Scraped;
import io.sluice.wire.HttpTrackerRequest.AnnounceRequest;
import io.sluice.wire.HttpTrackerRequest.Form;
import io.sluice.wire.HttpTrackerRequest.ScrapeRequest;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of the tracker protocol over HTTP, as the BEPs have them. */
final class HttpTrackerCodecTest {

  private static final InfoHash TORRENT =
      InfoHash.parse("123456789abcdef123456789abcdef123456789a");
  private static final PeerId PEER = PeerId.of("-SL0100-abcdefghijkl".getBytes(ISO_8859_1));
  private static final InetSocketAddress IPV4 = address("127.0.0.1", 6881);
  private static final InetSocketAddress IPV6 = address("2001:db8::1", 80);

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  private static byte[] latin1(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static AnnounceRequest request(Event event, Form form) {
    return new AnnounceRequest(
        new Announce(
            TORRENT,
            PEER,
            1,
            2,
            OptionalLong.of(3),
            event,
            OptionalInt.of(50),
            List.of(),
            Optional.of("an id&")),
        6881,
        Optional.of("00c0ffee"),
        form);
  }

  @Test
  void writesAnAnnounce() {
    assertThat(HttpTrackerCodec.encode(request(Event.STARTED, Form.COMPACT)))
        .isEqualTo(
            "info_hash=%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A"
                + "&peer_id=-SL0100-abcdefghijkl&port=6881&uploaded=1&downloaded=2&left=3"
                + "&compact=1&no_peer_id=1&numwant=50&key=00c0ffee&event=started"
                + "&trackerid=an%20id%26");
    assertThat(HttpTrackerCodec.encode(request(Event.UPDATE, Form.COMPACT)))
        .doesNotContain("event");
  }

  @ParameterizedTest
  @ValueSource(strings = {"STARTED", "COMPLETED", "STOPPED", "PAUSED", "UPDATE"})
  void announcesRoundTrip(Event event) {
    for (Form form : Form.values()) {
      AnnounceRequest request = request(event, form);
      assertThat(HttpTrackerCodec.decodeAnnounce(HttpTrackerCodec.encode(request)))
          .isEqualTo(request);
    }
  }

  @Test
  void readsWhatClientsWrite() {
    AnnounceRequest request =
        HttpTrackerCodec.decodeAnnounce(
            "info_hash=%124Vx%9a%bc%de%f1%23Eg%89%ab%cd%ef%124Vx%9a&peer_id=-SL0100-abcdefghijkl"
                + "&port=6881&left=&numwant=-1&ip=10.0.0.1&event=&supportcrypto=1&left=0");
    assertThat(request.announce().infoHash()).isEqualTo(TORRENT);
    assertThat(request.announce().event()).isEqualTo(Event.UPDATE);
    assertThat(request.announce().left()).isEmpty();
    assertThat(request.announce().wanted()).isEmpty();
    assertThat(request.form()).isEqualTo(Form.COMPACT);
  }

  @Test
  void aPlusIsAPlus() {
    String id = "-WW0100-+/+/+/+/+/+/";
    String query = "info_hash=" + "+".repeat(20) + "&peer_id=" + id + "&port=1";
    AnnounceRequest request = HttpTrackerCodec.decodeAnnounce(query);
    assertThat(request.announce().peerId()).isEqualTo(PeerId.of(latin1(id)));
    assertThat(request.announce().infoHash()).isEqualTo(InfoHash.of(latin1("+".repeat(20))));
  }

  @ParameterizedTest
  @CsvSource({
    "peer_id=-SL0100-abcdefghijkl&port=1, invalid info_hash",
    "info_hash=short&peer_id=-SL0100-abcdefghijkl&port=1, invalid info_hash",
    "info_hash=aaaaaaaaaaaaaaaaaaaa&port=1, invalid peer_id",
    "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-SL0100-abcdefghijkl, invalid port",
    "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-SL0100-abcdefghijkl&port=65536, invalid port",
    "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-SL0100-abcdefghijkl&port=-1, invalid port",
  })
  void refusesAnnounces(String query, String reason) {
    assertThatThrownBy(() -> HttpTrackerCodec.decodeAnnounce(query))
        .isInstanceOf(WireException.class)
        .hasMessage(reason);
  }

  @Test
  void scrapesRoundTrip() {
    ScrapeRequest request = new ScrapeRequest(List.of(TORRENT, InfoHash.parse("ff".repeat(20))));
    assertThat(HttpTrackerCodec.decodeScrape(HttpTrackerCodec.encode(request))).isEqualTo(request);
    assertThat(HttpTrackerCodec.decodeScrape("").infoHashes()).isEmpty();
  }

  @Test
  void readsCompactPeersOfBothFamilies() {
    byte[] body =
        latin1(
            "d8:completei5e10:incompletei7e8:intervali1800e12:min intervali900e"
                + "5:peers6:\u007f\0\0\u0001\u001a\u00e1"
                + "6:peers618: \u0001\r\u00b8"
                + "\0".repeat(11)
                + "\u0001\0P10:tracker id2:id15:warning message4:holae");
    assertThat(HttpTrackerCodec.decodeAnnounced(body))
        .isEqualTo(
            new Announced(
                OptionalInt.of(1800),
                OptionalInt.of(900),
                OptionalInt.of(5),
                OptionalInt.of(7),
                List.of(new Peer(Optional.empty(), IPV4), new Peer(Optional.empty(), IPV6)),
                Optional.of("id"),
                Optional.of("hola"),
                Optional.empty()));
  }

  @Test
  void readsDictionariesButNoNames() {
    byte[] body =
        latin1(
            "d5:peersl"
                + "d2:ip9:127.0.0.17:peer id20:-SL0100-abcdefghijkl4:porti6881ee"
                + "d2:ip11:example.com4:porti80ee"
                + "d2:ip9:127.0.0.14:porti0ee"
                + "d2:ip9:127.0.0.14:porti65536ee"
                + "d2:ip7:fe80::14:porti80ee"
                + "i1e"
                + "ee");
    assertThat(((Announced) HttpTrackerCodec.decodeAnnounced(body)).peers())
        .containsExactly(
            new Peer(Optional.of(PEER), IPV4), new Peer(Optional.empty(), address("fe80::1", 80)));
  }

  @Test
  void passesOverWhatIsNoAddress() {
    byte[] body = latin1("d5:peers14:\u007f\0\0\u0001\0\0\u007f\0\0\u0001\0\u0001abe");
    assertThat(((Announced) HttpTrackerCodec.decodeAnnounced(body)).peers())
        .containsExactly(new Peer(Optional.empty(), address("127.0.0.1", 1)));
    byte[] wrapped =
        latin1("d6:peers618:" + "\0".repeat(10) + "\u00ff\u00ff\u0001\u0002\u0003\u0004\0Pe");
    assertThat(((Announced) HttpTrackerCodec.decodeAnnounced(wrapped)).peers()).isEmpty();
  }

  @Test
  void keepsNoMorePeersThanItMay() {
    int many = AddressReply.MAX_PEERS + 10;
    byte[] body =
        latin1("d5:peers" + many * 6 + ":" + "\u0001\u0002\u0003\u0004\0P".repeat(many) + "e");
    assertThat(((Announced) HttpTrackerCodec.decodeAnnounced(body)).peers())
        .hasSize(AddressReply.MAX_PEERS);
  }

  @Test
  void readsFailures() {
    assertThat(HttpTrackerCodec.decodeAnnounced(latin1("d14:failure reason2:no8:retry in5:nevere")))
        .isEqualTo(new Failure("no", Optional.of(new Retry.Never())));
    assertThat(HttpTrackerCodec.decodeScraped(latin1("d14:failure reason2:no8:retry ini30ee")))
        .isEqualTo(new Failure("no", Optional.of(new Retry.In(Duration.ofMinutes(30)))));
    assertThat(HttpTrackerCodec.decodeAnnounced(latin1("d14:failure reason3:a\nbe")))
        .isEqualTo(new Failure("a b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "le", "i1e", "<html>", "d", "d8:interval", "not found"})
  void refusesWhatIsNoDictionary(String body) {
    assertThatThrownBy(() -> HttpTrackerCodec.decodeAnnounced(latin1(body)))
        .isInstanceOf(WireException.class);
  }

  @Test
  void writesPeersInEachForm() {
    Announced announced =
        new Announced(
            OptionalInt.of(600),
            OptionalInt.empty(),
            OptionalInt.of(1),
            OptionalInt.of(2),
            List.of(new Peer(Optional.of(PEER), IPV4), new Peer(Optional.of(PEER), IPV6)),
            Optional.empty(),
            Optional.empty(),
            Optional.of(InetAddress.ofLiteral("10.0.0.9")));
    assertThat(new String(HttpTrackerCodec.encode(announced, Form.COMPACT), ISO_8859_1))
        .isEqualTo(
            "d8:completei1e11:external ip4:\n\0\0\t10:incompletei2e8:intervali600e"
                + "5:peers6:\u007f\0\0\u0001\u001a\u00e1"
                + "6:peers618: \u0001\r\u00b8"
                + "\0".repeat(11)
                + "\u0001\0Pe");
    assertThat(new String(HttpTrackerCodec.encode(announced, Form.DICTIONARIES), ISO_8859_1))
        .contains("5:peersld2:ip9:127.0.0.17:peer id20:-SL0100-abcdefghijkl4:porti6881eed2:ip");
    assertThat(
            new String(
                HttpTrackerCodec.encode(announced, Form.DICTIONARIES_WITHOUT_IDS), ISO_8859_1))
        .contains("5:peersld2:ip9:127.0.0.14:porti6881eed2:ip")
        .doesNotContain("peer id");
    assertThat(
            HttpTrackerCodec.decodeAnnounced(HttpTrackerCodec.encode(announced, Form.DICTIONARIES)))
        .isEqualTo(announced);
  }

  @Test
  void writesCounts() {
    Scraped scraped = new Scraped(Map.of(InfoHash.parse("61".repeat(20)), new Counts(1, 2, 3)));
    byte[] body = HttpTrackerCodec.encode(scraped, Form.COMPACT);
    assertThat(new String(body, ISO_8859_1))
        .isEqualTo(
            "d5:filesd20:aaaaaaaaaaaaaaaaaaaad8:completei1e10:downloadedi3e10:incompletei2eeee");
    assertThat(HttpTrackerCodec.decodeScraped(body)).isEqualTo(scraped);
  }
}
