package io.sluice.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads one JSON object field by field, within bounds, and forgives what can be forgiven. */
final class TrackerJson {

  /** Takes the fields of an object, in whatever order they come; the last of a name counts. */
  interface Fields {
    /**
     * Takes one field: the parser stands on the first token of its value, and must stand on the
     * last one afterwards.
     */
    void take(String name, JsonParser value) throws IOException;
  }

  /**
   * Names are strangers' (a scrape's are infohashes), so they must not pile up in the tables in
   * which Jackson keeps names that it has seen.
   */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(16)
                  .maxDocumentLength(TrackerMessage.MAX_MESSAGE_BYTES)
                  .maxStringLength(TrackerMessage.MAX_MESSAGE_BYTES)
                  .maxNameLength(256)
                  .maxNumberLength(64)
                  .maxTokenCount(16_384)
                  .build())
          .build();

  private TrackerJson() {}

  /** Reads an object and nothing after it. */
  static <F extends Fields> F read(byte[] utf8, Supplier<F> empty) {
    F fields = empty.get();
    try (JsonParser parser = FACTORY.createParser(characters(utf8))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new WireException("a tracker message is a JSON object");
      }
      readObject(parser, fields);
      if (parser.nextToken() != null) {
        throw new WireException("something follows the JSON object");
      }
      return fields;
    } catch (IOException malformed) {
      throw new WireException("malformed JSON");
    }
  }

  /** Takes the fields of the object on whose opening brace the parser stands. */
  static void readObject(JsonParser parser, Fields fields) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      fields.take(name, parser);
    }
  }

  private static char[] characters(byte[] utf8) {
    if (utf8.length > TrackerMessage.MAX_MESSAGE_BYTES) {
      throw new WireException("a tracker message has at most 128 KiB");
    }
    try {
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
      char[] characters = new char[decoded.remaining()];
      decoded.get(characters);
      return characters;
    } catch (CharacterCodingException malformed) {
      throw new WireException("a tracker message is UTF-8");
    }
  }

  /** A text, or {@code null} for any other value, which is skipped. */
  static @Nullable String text(JsonParser value) throws IOException {
    if (value.currentToken() == JsonToken.VALUE_STRING) {
      return value.getText();
    }
    value.skipChildren();
    return null;
  }

  /** A number that is no less than zero, cut down to a whole one; empty for any other value. */
  static OptionalLong count(JsonParser value) throws IOException {
    return switch (value.currentToken()) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> count(value.getDoubleValue(), value);
      case null, default -> {
        value.skipChildren();
        yield OptionalLong.empty();
      }
    };
  }

  private static OptionalLong count(double rounded, JsonParser value) throws IOException {
    if (!(rounded >= 0)) {
      return OptionalLong.empty();
    }
    boolean whole = value.currentToken() == JsonToken.VALUE_NUMBER_INT;
    // A double holds 53 bits: a whole number that a long can hold is read as one.
    return OptionalLong.of(
        whole && rounded < Long.MAX_VALUE ? value.getLongValue() : (long) rounded);
  }

  /** As {@link #count}, at most {@link Integer#MAX_VALUE}. */
  static OptionalInt intCount(JsonParser value) throws IOException {
    OptionalLong count = count(value);
    return count.isPresent()
        ? OptionalInt.of((int) Math.min(Integer.MAX_VALUE, count.getAsLong()))
        : OptionalInt.empty();
  }

  /**
   * The text in {@code {"type": ..., "sdp": "..."}}, or {@code null} for {@code null}.
   *
   * @throws WireException for anything else
   */
  static @Nullable String sdp(JsonParser value) throws IOException {
    if (value.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (value.currentToken() != JsonToken.START_OBJECT) {
      throw new WireException("an offer or answer is an object");
    }
    SdpField field = new SdpField();
    readObject(value, field);
    if (field.sdp == null) {
      throw new WireException("an offer or answer has a text \"sdp\"");
    }
    return field.sdp;
  }

  private static final class SdpField implements Fields {
    private @Nullable String sdp;

    @Override
    public void take(String name, JsonParser value) throws IOException {
      String text = text(value);
      if (name.equals("sdp")) {
        sdp = text;
      }
    }
  }

  /**
   * @throws WireException when the field was missing
   */
  static <T> T required(@Nullable T field, String name) {
    if (field == null) {
      throw new WireException("missing or invalid " + name);
    }
    return field;
  }

  static InfoHash infoHash(@Nullable String id) {
    return InfoHash.of(idBytes(id, "info_hash"));
  }

  static PeerId peerId(@Nullable String id, String name) {
    return PeerId.of(idBytes(id, name));
  }

  private static byte[] idBytes(@Nullable String id, String name) {
    if (!TrackerText.isId(required(id, name))) {
      throw new WireException("invalid " + name);
    }
    return TrackerText.idBytes(required(id, name));
  }
}
