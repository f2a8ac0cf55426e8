package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BencodeTest {

  record Golden(String text, BValue value) {}

  /** The examples of BEP 3 first. */
  static final List<Golden> GOLDEN =
      List.of(
          new Golden("4:spam", BString.of("spam")),
          new Golden("i3e", new BInteger(3)),
          new Golden("i-3e", new BInteger(-3)),
          new Golden("i0e", new BInteger(0)),
          new Golden("l4:spam4:eggse", BList.of(BString.of("spam"), BString.of("eggs"))),
          new Golden(
              "d3:cow3:moo4:spam4:eggse",
              BDictionary.of(Map.of("cow", BString.of("moo"), "spam", BString.of("eggs")))),
          new Golden(
              "d4:spaml1:a1:bee",
              BDictionary.of(Map.of("spam", BList.of(BString.of("a"), BString.of("b"))))),
          new Golden("0:", BString.of("")),
          new Golden("le", BList.of()),
          new Golden("de", BDictionary.of(Map.of())),
          new Golden("i9223372036854775807e", new BInteger(Long.MAX_VALUE)),
          new Golden("i-9223372036854775808e", new BInteger(Long.MIN_VALUE)),
          new Golden("2:\u00ff\u0000", BString.of(new byte[] {(byte) 0xFF, 0})));

  @ParameterizedTest
  @FieldSource("GOLDEN")
  void goldenBytes(Golden golden) {
    assertThat(strict(golden.text())).isEqualTo(golden.value());
    assertThat(lenient(golden.text())).isEqualTo(new Bencode.Decoded(golden.value(), true));
    assertThat(Bencode.encode(golden.value())).isEqualTo(latin1(golden.text()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "i",
        "ie",
        "i-e",
        "i+1e",
        "i 1e",
        "i1",
        "i1.5e",
        "i--1e",
        "ix",
        "i9223372036854775808e",
        "i-9223372036854775809e",
        "i99999999999999999999e",
        "5:spam",
        ":",
        "-1:a",
        "4spam",
        "99999999999:a",
        "2147483648:",
        "4294967296:",
        "l",
        "li1e",
        "d",
        "di1ei2ee",
        "d1:a",
        "d1:ae",
        "dlee",
        "e",
        "x",
        "i1ei2e",
        "1:ab",
        "dee",
      })
  void refusesWhatIsNotBencode(String text) {
    assertThatThrownBy(() -> strict(text)).isInstanceOf(WireException.class);
    assertThatThrownBy(() -> lenient(text)).isInstanceOf(WireException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "i03e",
        "i00e",
        "i-0e",
        "i-03e",
        "04:spam",
        "00:",
        "d1:bi1e1:ai2ee",
        "d1:ai1e1:ai2ee",
        "d2:aai1e1:ai2ee",
        "ld1:\u00ff0:1:\u007f0:ee",
      })
  void strictRefusesAndLenientNotesWhatIsNotCanonical(String text) {
    assertThatThrownBy(() -> strict(text)).isInstanceOf(WireException.class);
    Bencode.Decoded decoded = lenient(text);
    assertThat(decoded.canonical()).isFalse();
    byte[] canonical = Bencode.encode(decoded.value());
    assertThat(canonical).isNotEqualTo(latin1(text));
    Bencode.decodeStrict(ByteBuffer.wrap(canonical), BencodeLimits.MESSAGE);
  }

  @Test
  void ofAKeyThatComesTwiceTheFirstCounts() {
    BDictionary twice = (BDictionary) lenient("d1:ai1e1:ai2e1:bi3ee").value();
    assertThat(twice.integer("a")).hasValue(1);
    assertThat(twice.size()).isEqualTo(3);
    assertThat(Bencode.encode(twice)).isEqualTo(latin1("d1:ai1e1:bi3ee"));
  }

  @Test
  void dictionariesKeepTheBytesTheyCameFrom() {
    BDictionary root = (BDictionary) lenient("d4:infod1:bi01e1:ai2ee1:xi1ee").value();
    BDictionary info = root.dictionary("info").orElseThrow();
    assertThat(info.encoded()).isEqualTo(ByteBuffer.wrap(latin1("d1:bi01e1:ai2ee")));
    assertThat(info.encoded().isReadOnly()).isTrue();
    assertThat(BDictionary.of(Map.of("b", new BInteger(1), "a", new BInteger(2))).encoded())
        .isEqualTo(ByteBuffer.wrap(latin1("d1:ai2e1:bi1ee")));
  }

  @Test
  void lookUpsFindNothingOfAnotherType() {
    BDictionary values = (BDictionary) strict("d1:dde1:ii7e1:ll1:xe1:s3:abce");
    assertThat(values.integer("i")).hasValue(7);
    assertThat(values.string("s")).contains(BString.of("abc"));
    assertThat(values.list("l")).contains(BList.of(BString.of("x")));
    assertThat(values.dictionary("d")).contains(BDictionary.of(Map.of()));
    assertThat(values.integer("s")).isEmpty();
    assertThat(values.string("i")).isEmpty();
    assertThat(values.list("d")).isEmpty();
    assertThat(values.dictionary("l")).isEmpty();
    assertThat(values.get("z")).isEmpty();
  }

  @Test
  void aPrefixLeavesTheRest() {
    ByteBuffer bytes = ByteBuffer.wrap(latin1("?d1:ai1eexyz")).position(1).slice();
    BValue value = Bencode.decodePrefix(bytes.asReadOnlyBuffer(), BencodeLimits.MESSAGE);
    assertThat(value).isEqualTo(BDictionary.of(Map.of("a", new BInteger(1))));
    assertThat(Bencode.decodePrefix(bytes, new BencodeLimits(8, 1, 4))).isEqualTo(value);
    assertThat(StandardCharsets.US_ASCII.decode(bytes).toString()).isEqualTo("xyz");
    assertThatThrownBy(
            () ->
                Bencode.decodePrefix(
                    ByteBuffer.wrap(latin1("d1:ai1eexyz")), new BencodeLimits(7, 1, 4)))
        .isInstanceOf(WireException.class);
  }

  @Test
  void valuesDoNotAliasTheInput() {
    byte[] input = latin1("d1:a3:abce");
    BDictionary value = (BDictionary) Bencode.decode(ByteBuffer.wrap(input), LIMITS).value();
    Arrays.fill(input, (byte) 0);
    assertThat(value.string("a")).contains(BString.of("abc"));
  }

  private static final BencodeLimits LIMITS = new BencodeLimits(100, 5, 20);

  @Test
  void limitsHold() {
    decode("l".repeat(5) + "e".repeat(5), LIMITS);
    assertTooMuch("l".repeat(6) + "e".repeat(6), LIMITS);
    // Depth is nesting, not the number of lists.
    decode("l" + "le".repeat(9) + "e", LIMITS);
    // Ends count as well: 20 tokens and 21.
    decode("l" + "0:".repeat(18) + "e", LIMITS);
    assertTooMuch("l" + "0:".repeat(19) + "e", LIMITS);
    decode("97:" + "x".repeat(97), LIMITS);
    assertTooMuch("98:" + "x".repeat(98), LIMITS);
  }

  @Test
  void aDeepTorrentDoesNotOverflowTheStack() {
    decode("l".repeat(100) + "e".repeat(100), BencodeLimits.TORRENT);
    assertTooMuch("l".repeat(5_000_000), BencodeLimits.TORRENT);
  }

  @Test
  void roundTrips() {
    SeededCases.run(
        10_000,
        random -> {
          BValue value = value(random, 4);
          byte[] encoded = Bencode.encode(value);
          ByteBuffer direct = ByteBuffer.allocateDirect(encoded.length).put(encoded).flip();
          assertThat(Bencode.decodeStrict(direct, BencodeLimits.MESSAGE)).isEqualTo(value);
          assertThat(Bencode.encode(value)).isEqualTo(encoded);
        });
  }

  @Test
  void encodingAroundBytesThatAreEncoded() {
    BDictionary dictionary =
        BDictionary.of(Map.of("a", new BInteger(1), "z", new BInteger(2), "info", BList.of()));
    assertThat(Bencode.encodeWith(dictionary, "info", ByteBuffer.wrap(latin1("d1:bi01ee"))))
        .isEqualTo(latin1("d1:ai1e4:infod1:bi01ee1:zi2ee"));
  }

  @Test
  void textsAreShownWithoutWhatChangesTheScreen() {
    assertThat(BString.of("a\u0007\u202eb\u2028c\u0085é\u200d")).hasToString("a??b?c?é?");
    assertThat(BString.of("x".repeat(1000)).printable()).hasSize(100);
    assertThat(BString.of(new byte[] {(byte) 0xC3}).strictText()).isEmpty();
    assertThat(BString.of("é").strictText()).contains("é");
    assertThat(BString.of(new byte[] {(byte) 0xC3}).text()).isEqualTo("\ufffd");
  }

  private static BValue value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 4 : 2)) {
      case 0 -> new BInteger(random.nextLong() >> random.nextInt(64));
      case 1 -> BString.of(Messages.bytes(random, random.nextInt(12)));
      case 2 -> {
        List<BValue> values = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          values.add(value(random, depth - 1));
        }
        yield new BList(values);
      }
      default -> {
        Map<String, BValue> entries = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          entries.put(Integer.toString(random.nextInt(1000), 36), value(random, depth - 1));
        }
        yield BDictionary.of(entries);
      }
    };
  }

  private static BValue strict(String text) {
    return Bencode.decodeStrict(ByteBuffer.wrap(latin1(text)), BencodeLimits.MESSAGE);
  }

  private static Bencode.Decoded lenient(String text) {
    return decode(text, BencodeLimits.MESSAGE);
  }

  private static Bencode.Decoded decode(String text, BencodeLimits limits) {
    return Bencode.decode(ByteBuffer.wrap(latin1(text)), limits);
  }

  private static void assertTooMuch(String text, BencodeLimits limits) {
    assertThatThrownBy(() -> decode(text, limits)).isInstanceOf(WireException.class);
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
