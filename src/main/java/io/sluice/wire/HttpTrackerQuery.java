package io.sluice.wire;

import io.sluice.wire.HttpTrackerRequest.AnnounceRequest;
import io.sluice.wire.HttpTrackerRequest.Form;
import io.sluice.wire.HttpTrackerRequest.ScrapeRequest;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Event;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The query of an HTTP tracker's URL. Its values are bytes, percent-encoded; a plus is a plus. Of a
 * parameter that comes twice the first counts, but for the hashes of a scrape.
 */
final class HttpTrackerQuery {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private final List<byte[]> infoHashes = new ArrayList<>();
  private byte @Nullable [] peerId;
  private @Nullable String port;
  private @Nullable String uploaded;
  private @Nullable String downloaded;
  private @Nullable String left;
  private @Nullable String event;
  private @Nullable String wanted;
  private @Nullable String compact;
  private @Nullable String withoutIds;
  private @Nullable String key;
  private @Nullable String trackerId;

  HttpTrackerQuery(String rawQuery) {
    parameters(rawQuery, this::take);
  }

  private static void parameters(String rawQuery, BiConsumer<String, byte[]> parameter) {
    for (int at = 0; at <= rawQuery.length(); ) {
      int end = rawQuery.indexOf('&', at);
      end = end < 0 ? rawQuery.length() : end;
      int equals = rawQuery.indexOf('=', at);
      if (equals >= 0 && equals < end) {
        parameter.accept(
            rawQuery.substring(at, equals), decoded(rawQuery.substring(equals + 1, end)));
      }
      at = end + 1;
    }
  }

  private void take(String name, byte[] value) {
    switch (name) {
      case "info_hash" -> {
        if (infoHashes.size() < TrackerMessage.MAX_ENTRIES) {
          infoHashes.add(value);
        }
      }
      case "peer_id" -> peerId = peerId == null ? value : peerId;
      case "port" -> port = first(port, value);
      case "uploaded" -> uploaded = first(uploaded, value);
      case "downloaded" -> downloaded = first(downloaded, value);
      case "left" -> left = first(left, value);
      case "event" -> event = first(event, value);
      case "numwant" -> wanted = first(wanted, value);
      case "compact" -> compact = first(compact, value);
      case "no_peer_id" -> withoutIds = first(withoutIds, value);
      case "key" -> key = first(key, value);
      case "trackerid" -> trackerId = first(trackerId, value);
      default -> {}
    }
  }

  private static String first(@Nullable String before, byte[] value) {
    return before != null ? before : new String(value, StandardCharsets.UTF_8);
  }

  AnnounceRequest announce() {
    if (infoHashes.isEmpty() || infoHashes.getFirst().length != InfoHash.BYTES) {
      throw new WireException("invalid info_hash");
    }
    byte[] id = peerId;
    if (id == null || id.length != PeerId.BYTES) {
      throw new WireException("invalid peer_id");
    }
    OptionalLong listens = number(port);
    if (listens.isEmpty() || listens.getAsLong() > 0xFFFF) {
      throw new WireException("invalid port");
    }
    return new AnnounceRequest(
        new Announce(
            InfoHash.of(infoHashes.getFirst()),
            PeerId.of(id),
            number(uploaded).orElse(0),
            number(downloaded).orElse(0),
            number(left),
            event(),
            wanted(),
            List.of(),
            Optional.ofNullable(trackerId).filter(TrackerText::isTrackerId)),
        (int) listens.getAsLong(),
        Optional.ofNullable(key).filter(TrackerText::isTrackerId),
        form());
  }

  ScrapeRequest scrape() {
    return new ScrapeRequest(
        infoHashes.stream()
            .map(
                hash -> {
                  if (hash.length != InfoHash.BYTES) {
                    throw new WireException("invalid info_hash");
                  }
                  return InfoHash.of(hash);
                })
            .toList());
  }

  /** BEP 23 suggests the compact form unless the client says no. */
  private Form form() {
    if (!"0".equals(compact)) {
      return Form.COMPACT;
    }
    return "1".equals(withoutIds) ? Form.DICTIONARIES_WITHOUT_IDS : Form.DICTIONARIES;
  }

  private Event event() {
    return switch (event == null ? "" : event) {
      case "started" -> Event.STARTED;
      case "completed" -> Event.COMPLETED;
      case "stopped" -> Event.STOPPED;
      case "paused" -> Event.PAUSED;
      default -> Event.UPDATE;
    };
  }

  /** Clients write -1 for "as many as you like". */
  private OptionalInt wanted() {
    OptionalLong number = number(wanted);
    return number.isPresent()
        ? OptionalInt.of((int) Math.min(number.getAsLong(), Integer.MAX_VALUE))
        : OptionalInt.empty();
  }

  /** A number that counts something; nothing when it is none, or below zero. */
  private static OptionalLong number(@Nullable String text) {
    if (text == null
        || text.isEmpty()
        || text.length() > 19
        || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException beyond) {
      return OptionalLong.empty();
    }
  }

  /** What is not a valid escape stands for itself; so do characters that a URL has to escape. */
  private static byte[] decoded(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '%'
          && at + 2 < text.length()
          && HexFormat.isHexDigit(text.charAt(at + 1))
          && HexFormat.isHexDigit(text.charAt(at + 2))) {
        bytes.write(HexFormat.fromHexDigits(text, at + 1, at + 3));
        at += 2;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toByteArray();
  }

  static String write(AnnounceRequest request) {
    Announce announce = request.announce();
    StringBuilder out = new StringBuilder(256);
    append(out, "info_hash", announce.infoHash().bytes());
    append(out, "peer_id", announce.peerId().bytes());
    append(out, "port", request.port());
    append(out, "uploaded", announce.uploaded());
    append(out, "downloaded", announce.downloaded());
    announce.left().ifPresent(bytes -> append(out, "left", bytes));
    append(out, "compact", request.form() == Form.COMPACT ? 1 : 0);
    // Clients say it with the compact form as well: trackers that know no compact form heed it.
    append(out, "no_peer_id", request.form() == Form.DICTIONARIES ? 0 : 1);
    announce.wanted().ifPresent(peers -> append(out, "numwant", peers));
    request.key().ifPresent(value -> append(out, "key", utf8(value)));
    if (announce.event() != Event.UPDATE) {
      append(out, "event", utf8(announce.event().name().toLowerCase(Locale.ROOT)));
    }
    announce.trackerId().ifPresent(id -> append(out, "trackerid", utf8(id)));
    return out.toString();
  }

  static String write(ScrapeRequest request) {
    StringBuilder out = new StringBuilder();
    request.infoHashes().forEach(infoHash -> append(out, "info_hash", infoHash.bytes()));
    return out.toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void append(StringBuilder out, String name, long value) {
    append(out, name, utf8(Long.toString(value)));
  }

  private static void append(StringBuilder out, String name, byte[] value) {
    out.append(out.isEmpty() ? "" : "&").append(name).append('=');
    for (byte b : value) {
      char c = (char) (b & 0xFF);
      if ((c >= '0' && c <= '9')
          || (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || "-._~".indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%').append(HEX.toHexDigits(b));
      }
    }
  }
}
