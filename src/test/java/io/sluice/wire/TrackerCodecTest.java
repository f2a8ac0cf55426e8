package io.sluice.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.testing.SeededCases;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Announced;
import io.sluice.wire.TrackerMessage.Answer;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.TrackerMessage.Failure;
import io.sluice.wire.TrackerMessage.Offer;
import io.sluice.wire.TrackerMessage.RelayedAnswer;
import io.sluice.wire.TrackerMessage.RelayedOffer;
import io.sluice.wire.TrackerMessage.Scrape;
import io.sluice.wire.TrackerMessage.Scraped;
import java.nio.charset.Charset;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrackerCodecTest {

  private static final String IH = "abcdefghijklmnopqrst";
  private static final String A = "-SL0100-aaaaaaaaaaaa";
  private static final String B = "-WW0300-bbbbbbbbbbbb";
  private static final String O1 = "oooooooooooooooooooo";
  private static final InfoHash INFO_HASH = InfoHash.of(IH.getBytes(ISO_8859_1));
  private static final PeerId PEER_A = PeerId.of(A.getBytes(ISO_8859_1));
  private static final PeerId PEER_B = PeerId.of(B.getBytes(ISO_8859_1));

  /** The exchange of one offer, as every implementation writes it. */
  @Test
  void goldenExchange() {
    both(
        new Announce(
            INFO_HASH,
            PEER_A,
            0,
            0,
            OptionalLong.of(1048576),
            Event.STARTED,
            OptionalInt.of(1),
            List.of(new Offer(O1, "v=0\r\n")),
            Optional.empty()),
        "{\"action\":\"announce\",\"info_hash\":\"abcdefghijklmnopqrst\","
            + "\"peer_id\":\"-SL0100-aaaaaaaaaaaa\",\"numwant\":1,\"uploaded\":0,\"downloaded\":0,"
            + "\"left\":1048576,\"event\":\"started\",\"offers\":[{\"offer_id\":"
            + "\"oooooooooooooooooooo\",\"offer\":{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}}]}");
    both(
        new Announced(INFO_HASH, 120, 1, 1),
        "{\"action\":\"announce\",\"info_hash\":\"abcdefghijklmnopqrst\",\"interval\":120,"
            + "\"complete\":1,\"incomplete\":1}");
    both(
        new RelayedOffer(INFO_HASH, PEER_A, new Offer(O1, "v=0\r\n")),
        "{\"action\":\"announce\",\"info_hash\":\"abcdefghijklmnopqrst\","
            + "\"peer_id\":\"-SL0100-aaaaaaaaaaaa\",\"offer_id\":\"oooooooooooooooooooo\","
            + "\"offer\":{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}}");
    both(
        new Answer(INFO_HASH, PEER_B, PEER_A, O1, "v=0\r\n", OptionalLong.of(0), Optional.empty()),
        "{\"action\":\"announce\",\"info_hash\":\"abcdefghijklmnopqrst\","
            + "\"peer_id\":\"-WW0300-bbbbbbbbbbbb\",\"to_peer_id\":\"-SL0100-aaaaaaaaaaaa\","
            + "\"offer_id\":\"oooooooooooooooooooo\","
            + "\"answer\":{\"type\":\"answer\",\"sdp\":\"v=0\\r\\n\"},\"left\":0}");
    both(
        new RelayedAnswer(INFO_HASH, PEER_B, O1, "v=0\r\n"),
        "{\"action\":\"announce\",\"info_hash\":\"abcdefghijklmnopqrst\","
            + "\"peer_id\":\"-WW0300-bbbbbbbbbbbb\",\"offer_id\":\"oooooooooooooooooooo\","
            + "\"answer\":{\"type\":\"answer\",\"sdp\":\"v=0\\r\\n\"}}");
    both(
        announce(Event.COMPLETED),
        "{\"action\":\"announce\",\"info_hash\":\"abcdefghijklmnopqrst\","
            + "\"peer_id\":\"-SL0100-aaaaaaaaaaaa\",\"uploaded\":0,\"downloaded\":0,"
            + "\"event\":\"completed\"}");
    both(
        announce(Event.UPDATE),
        "{\"action\":\"announce\",\"info_hash\":\"abcdefghijklmnopqrst\","
            + "\"peer_id\":\"-SL0100-aaaaaaaaaaaa\",\"uploaded\":0,\"downloaded\":0,\"offers\":[]}");
    both(
        new Failure(Optional.of(INFO_HASH), "unregistered torrent"),
        "{\"action\":\"announce\",\"info_hash\":\"abcdefghijklmnopqrst\","
            + "\"failure reason\":\"unregistered torrent\"}");
  }

  @Test
  void goldenScrape() {
    both(
        new Scrape(List.of(INFO_HASH)),
        "{\"action\":\"scrape\",\"info_hash\":\"abcdefghijklmnopqrst\"}");
    InfoHash other = InfoHash.of("tsrqponmlkjihgfedcba".getBytes(ISO_8859_1));
    both(
        new Scrape(List.of(INFO_HASH, other)),
        "{\"action\":\"scrape\",\"info_hash\":[\"abcdefghijklmnopqrst\",\"tsrqponmlkjihgfedcba\"]}");
    both(new Scrape(List.of()), "{\"action\":\"scrape\"}");
    both(
        new Scraped(Map.of(INFO_HASH, new Counts(1, 2, 3)), OptionalInt.of(60)),
        "{\"action\":\"scrape\",\"files\":{\"abcdefghijklmnopqrst\":{\"complete\":1,"
            + "\"incomplete\":2,\"downloaded\":3}},\"flags\":{\"min_request_interval\":60}}");
  }

  @Test
  void binaryIsOneCharacterPerByte() {
    byte[] bytes = HexFormat.of().parseHex("001f225c7f80ff" + "00".repeat(13));
    String text = TrackerCodec.encode(new Scrape(List.of(InfoHash.of(bytes))));
    assertThat(text)
        .startsWith(
            "{\"action\":\"scrape\",\"info_hash\":\"\\u0000\\u001F\\\"\\\\\u007f\u0080\u00ff\\u0000");
    assertThat(HexFormat.of().formatHex(text.getBytes(UTF_8))).contains("7fc280c3bf");
    assertThat(TrackerCodec.encodedBytes(text)).isEqualTo(text.getBytes(UTF_8).length);
    assertThat(TrackerCodec.decodeToTracker(text.getBytes(UTF_8)))
        .isEqualTo(new Scrape(List.of(InfoHash.of(bytes))));
  }

  @Test
  void roundTrips() {
    SeededCases.run(
        5_000,
        random -> {
          TrackerMessage.ToTracker message = TrackerMessages.toTracker(random);
          String text = TrackerCodec.encode(message);
          assertThat(TrackerCodec.encodedBytes(text)).isEqualTo(text.getBytes(UTF_8).length);
          assertThat(TrackerCodec.decodeToTracker(text.getBytes(UTF_8))).isEqualTo(message);
        });
    SeededCases.run(
        5_000,
        random -> {
          TrackerMessage.ToClient message = TrackerMessages.toClient(random);
          String text = TrackerCodec.encode(message);
          assertThat(text).doesNotContain("null").doesNotContainPattern("[\\x00-\\x1f]");
          assertThat(TrackerCodec.decodeToClient(text.getBytes(UTF_8))).containsExactly(message);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"event\":\"<regular>\"",
        "\"event\":\"\"",
        "\"event\":\"update\"",
        "\"event\":null",
        "\"event\":7",
        "\"event\":{\"a\":[1]}",
        "\"left\":null",
        "\"left\":-1",
        "\"left\":\"soon\"",
        "\"offers\":null",
        "\"offers\":[]",
        "\"answer\":null",
        "\"uploaded\":0.0,\"downloaded\":0e5",
        "\"uploaded\":-5",
        "\"key\":\"0a1b2c3d\",\"corrupt\":0,\"extra\":{\"deep\":[{}]}",
        "\"trackerid\":null",
        "\"numwant\":null",
      })
  void readsWhatClientsWrite(String field) {
    assertThat(toTracker(base(field))).isEqualTo(announce(Event.UPDATE));
  }

  @Test
  void readsNumbersOfAnySize() {
    assertThat(((Announce) toTracker(base("\"left\":120.9"))).left()).hasValue(120);
    assertThat(((Announce) toTracker(base("\"left\":9223372036854775807"))).left())
        .hasValue(Long.MAX_VALUE);
    assertThat(((Announce) toTracker(base("\"left\":9007199254740993"))).left())
        .hasValue(9007199254740993L);
    assertThat(((Announce) toTracker(base("\"left\":99999999999999999999"))).left())
        .hasValue(Long.MAX_VALUE);
    assertThat(((Announce) toTracker(base("\"left\":1e999"))).left()).hasValue(Long.MAX_VALUE);
    assertThat(((Announce) toTracker(base("\"numwant\":5e12"))).wanted())
        .hasValue(Integer.MAX_VALUE);
  }

  @Test
  void readsWhatTrackersWrite() {
    String head = "{\"action\":\"announce\",\"info_hash\":\"" + IH + "\",";
    Announced expected =
        new Announced(
            INFO_HASH,
            OptionalInt.of(120),
            OptionalInt.of(60),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.of("be nice"));
    String tail = "\"offer\":null,\"answer\":null,\"warning message\":\"be nice\"}";
    assertThat(toClient(head + "\"interval\":120.0,\"min interval\":60," + tail))
        .containsExactly(expected);
    assertThat(toClient(head + "\"interval\":120,\"min_interval\":60," + tail))
        .containsExactly(expected);
    assertThat(
            toClient(
                head
                    + "\"interval\":120,\"complete\":1,\"incomplete\":2,\"peer_id\":\""
                    + B
                    + "\",\"offer_id\":\""
                    + O1
                    + "\",\"offer\":{\"sdp\":\"v=0\"}}"))
        .containsExactly(
            new Announced(INFO_HASH, 120, 1, 2),
            new RelayedOffer(INFO_HASH, PEER_B, new Offer(O1, "v=0")));
    assertThat(toClient("{\"failure reason\":\"bad\\u0000\\nthing\"}"))
        .containsExactly(new Failure(Optional.empty(), "bad  thing"));
    assertThat(toClient("{\"action\":\"scrape\",\"files\":{\"" + IH + "\":{\"complete\":1}}}"))
        .containsExactly(new Scraped(Map.of(INFO_HASH, new Counts(1, 0, 0)), OptionalInt.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "7",
        "{",
        "{}",
        "{}{}",
        "{\"action\":\"announce\"}",
        "{\"action\":\"dance\",\"info_hash\":\"abcdefghijklmnopqrst\"}",
        "{\"action\":7}",
        "{\"action\":\"scrape\",\"info_hash\":\"short\"}",
        "{\"action\":\"scrape\",\"info_hash\":[7]}",
        "{\"action\":\"announce\",\"info_hash\":\"abcdefghijklmnopqrs\u0100\",\"peer_id\":\"bbbbbbbbbbbbbbbbbbbb\"}",
        "{\"action\":\"announce\",\"info_hash\":[\"abcdefghijklmnopqrst\",\"abcdefghijklmnopqrst\"],\"peer_id\":\"bbbbbbbbbbbbbbbbbbbb\"}",
      })
  void refusesOtherThings(String text) {
    assertRefused(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"peer_id\":null",
        "\"peer_id\":\"short\"",
        "\"offers\":{}",
        "\"offers\":[null]",
        "\"offers\":[{}]",
        "\"offers\":[{\"offer_id\":\"oooooooooooooooooooo\",\"offer\":null}]",
        "\"offers\":[{\"offer_id\":\"oooooooooooooooooooo\",\"offer\":\"v=0\"}]",
        "\"offers\":[{\"offer_id\":\"oooooooooooooooooooo\",\"offer\":{\"sdp\":7}}]",
        "\"offers\":[{\"offer_id\":\"o\",\"offer\":{\"sdp\":\"v=0\"}}]",
        "\"offers\":[{\"offer_id\":\"oooooooooooooooooooo\",\"offer\":{\"sdp\":\"\\ud800\"}}]",
        "\"answer\":\"v=0\"",
        "\"answer\":{}",
        "\"answer\":{\"sdp\":\"v=0\"},\"to_peer_id\":\"-WW0300-bbbbbbbbbbbb\"",
        "\"answer\":{\"sdp\":\"v=0\"},\"offer_id\":\"oooooooooooooooooooo\"",
      })
  void refusesBrokenOffersAndAnswers(String field) {
    assertRefusedByTracker(base(field).getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"offer\":\"v=0\"",
        "\"offer\":{}",
        "\"offer\":{\"sdp\":\"v=0\"}",
        "\"offer\":{\"sdp\":\"v=0\"},\"offer_id\":\"o\"",
        "\"offer\":{\"sdp\":\"v=0\"},\"offer_id\":\"oooooooooooooooooooo\",\"peer_id\":null",
        "\"answer\":{\"sdp\":\"v=0\"}",
        "\"answer\":{\"sdp\":\"v=0\"},\"offer_id\":\"oooooooooooooooooooo\",\"peer_id\":\"b\"",
        "\"action\":\"scrape\"",
        "\"action\":\"scrape\",\"files\":[]",
        "\"action\":\"scrape\",\"files\":{\"short\":{}}",
      })
  void refusesBrokenReplies(String field) {
    assertThatExceptionOfType(WireException.class).isThrownBy(() -> toClient(base(field)));
  }

  @Test
  void boundsWhatItReads() {
    String sdp = "x".repeat(TrackerMessage.MAX_SDP_BYTES);
    String offer = "\"offers\":[{\"offer_id\":\"" + O1 + "\",\"offer\":{\"sdp\":\"%s\"}}]";
    assertThat(((Announce) toTracker(base(offer.formatted(sdp)))).offers())
        .containsExactly(new Offer(O1, sdp));
    assertRefusedByTracker(base(offer.formatted(sdp + "x")).getBytes(UTF_8));
    assertRefusedByTracker(base(offer.formatted("\u00e9".repeat(40_000))).getBytes(UTF_8));

    String padded = base("\"pad\":\"%s\"");
    int room = TrackerMessage.MAX_MESSAGE_BYTES - padded.length() + 2;
    assertThat(toTracker(padded.formatted("x".repeat(room)))).isEqualTo(announce(Event.UPDATE));
    assertRefused(padded.formatted("x".repeat(room + 1)).getBytes(UTF_8));

    assertRefused(base("\"deep\":" + "[".repeat(17) + "]".repeat(17)).getBytes(UTF_8));
    assertRefused(base("\"many\":[" + "1,".repeat(20_000) + "1]").getBytes(UTF_8));
    assertRefused(base("\"left\":" + "1".repeat(65)).getBytes(UTF_8));
    String hashes = ("\"" + IH + "\",").repeat(300) + "\"" + IH + "\"";
    assertThat(toTracker("{\"action\":\"scrape\",\"info_hash\":[" + hashes + "]}"))
        .isEqualTo(new Scrape(Collections.nCopies(TrackerMessage.MAX_ENTRIES, INFO_HASH)));
    assertThat(
            ((Announce) toTracker(base("\"trackerid\":\"" + "x".repeat(257) + "\""))).trackerId())
        .isEmpty();
  }

  @Test
  void readsUtf8AndNothingElse() {
    assertRefused(base("\"a\":\"\u00ff\"").getBytes(ISO_8859_1));
    assertRefused(base("\"a\":1").getBytes(UTF_16));
    assertRefused(base("\"a\":1").getBytes(Charset.forName("UTF-32")));
    assertRefused(base("\"a\":\"\u0001\"").getBytes(UTF_8));
  }

  private static void both(TrackerMessage message, String text) {
    assertThat(TrackerCodec.encode(message)).isEqualTo(text);
    switch (message) {
      case TrackerMessage.ToTracker sent -> assertThat(toTracker(text)).isEqualTo(sent);
      case TrackerMessage.ToClient sent -> assertThat(toClient(text)).containsExactly(sent);
    }
  }

  private static Announce announce(Event event) {
    return new Announce(
        INFO_HASH,
        PEER_A,
        0,
        0,
        OptionalLong.empty(),
        event,
        OptionalInt.empty(),
        List.of(),
        Optional.empty());
  }

  private static String base(String field) {
    return "{\"action\":\"announce\",\"info_hash\":\"%s\",\"peer_id\":\"%s\",".formatted(IH, A)
        + field
        + "}";
  }

  private static TrackerMessage.ToTracker toTracker(String text) {
    return TrackerCodec.decodeToTracker(text.getBytes(UTF_8));
  }

  private static List<TrackerMessage.ToClient> toClient(String text) {
    return TrackerCodec.decodeToClient(text.getBytes(UTF_8));
  }

  private static void assertRefusedByTracker(byte[] utf8) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> TrackerCodec.decodeToTracker(utf8));
  }

  private static void assertRefused(byte[] utf8) {
    assertRefusedByTracker(utf8);
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> TrackerCodec.decodeToClient(utf8));
  }
}
