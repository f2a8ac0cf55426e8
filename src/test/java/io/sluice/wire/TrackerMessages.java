package io.sluice.wire;

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
import io.sluice.wire.TrackerMessage.ToClient;
import io.sluice.wire.TrackerMessage.ToTracker;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Random tracker messages. */
final class TrackerMessages {

  private TrackerMessages() {}

  static ToTracker toTracker(Random random) {
    return switch (random.nextInt(4)) {
      case 0 ->
          new Answer(
              infoHash(random),
              peerId(random),
              peerId(random),
              id(random),
              sdp(random),
              left(random),
              optional(random, () -> trackerId(random)));
      case 1 -> new Scrape(list(random, 5, () -> infoHash(random)));
      default ->
          new Announce(
              infoHash(random),
              peerId(random),
              count(random),
              count(random),
              left(random),
              List.copyOf(EnumSet.allOf(Event.class)).get(random.nextInt(5)),
              intCount(random),
              list(random, 6, () -> new Offer(id(random), sdp(random))),
              optional(random, () -> trackerId(random)));
    };
  }

  static ToClient toClient(Random random) {
    return switch (random.nextInt(5)) {
      case 0 ->
          new Announced(
              infoHash(random),
              intCount(random),
              intCount(random),
              intCount(random),
              intCount(random),
              optional(random, () -> trackerId(random)),
              optional(random, () -> text(random, 400)));
      case 1 ->
          new RelayedOffer(infoHash(random), peerId(random), new Offer(id(random), sdp(random)));
      case 2 -> new RelayedAnswer(infoHash(random), peerId(random), id(random), sdp(random));
      case 3 -> new Scraped(files(random), intCount(random));
      default -> new Failure(optional(random, () -> infoHash(random)), text(random, 400));
    };
  }

  private static Map<InfoHash, Counts> files(Random random) {
    Map<InfoHash, Counts> files = new LinkedHashMap<>();
    for (InfoHash infoHash : list(random, 5, () -> infoHash(random))) {
      files.put(
          infoHash, new Counts(nonNegative(random), nonNegative(random), nonNegative(random)));
    }
    return files;
  }

  static InfoHash infoHash(Random random) {
    return InfoHash.of(bytes(random));
  }

  static PeerId peerId(Random random) {
    return PeerId.of(bytes(random));
  }

  static String id(Random random) {
    return TrackerText.id(bytes(random));
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[20];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String sdp(Random random) {
    return random.nextInt(200) == 0
        ? "x".repeat(TrackerMessage.MAX_SDP_BYTES / 8)
        : "v=0\r\n" + text(random, 60);
  }

  private static String trackerId(Random random) {
    return text(random, 100);
  }

  /** Any well-formed text: control characters, quotes, several bytes, pairs of surrogates. */
  private static String text(Random random, int maxCodePoints) {
    StringBuilder text = new StringBuilder();
    int count = random.nextInt(maxCodePoints);
    while (text.codePointCount(0, text.length()) < count) {
      int codePoint =
          switch (random.nextInt(8)) {
            case 0 -> random.nextInt(0x20);
            case 1 -> "\"\\/<&\u007f\u2028\ufeff".charAt(random.nextInt(8));
            case 2 -> 0x80 + random.nextInt(0xD700);
            case 3 -> 0x10000 + random.nextInt(0x1000);
            default -> ' ' + random.nextInt(95);
          };
      text.appendCodePoint(codePoint);
    }
    return text.toString();
  }

  private static OptionalLong left(Random random) {
    return random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(count(random));
  }

  private static long count(Random random) {
    return random.nextLong() >>> (1 + random.nextInt(62));
  }

  private static OptionalInt intCount(Random random) {
    return random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(nonNegative(random));
  }

  private static int nonNegative(Random random) {
    return random.nextInt() >>> (1 + random.nextInt(30));
  }

  private static <T> Optional<T> optional(Random random, Supplier<T> value) {
    return random.nextBoolean() ? Optional.empty() : Optional.of(value.get());
  }

  private static <T> List<T> list(Random random, int max, Supplier<T> value) {
    return Stream.generate(value).limit(random.nextInt(max)).toList();
  }
}
