package io.sluice.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads one bencoded value from the front of an array (BEP 3).
 *
 * <pre>
 * integer     i &lt;decimal&gt; e
 * string      &lt;decimal length&gt; : bytes
 * list        l values e
 * dictionary  d (string value)* e
 * </pre>
 *
 * <p>What is decodable but not canonical (leading zeros, {@code -0}, keys out of order or twice) is
 * noted, or refused when strict. Nothing is allocated by a length that the input does not have.
 */
final class BencodeDecoder {

  private final byte[] bytes;
  private final BencodeLimits limits;
  private final boolean strict;
  private int position;
  private int tokens;
  private int depth;
  private boolean canonical = true;

  /** Keeps the array; values are slices of it. */
  BencodeDecoder(byte[] bytes, BencodeLimits limits, boolean strict) {
    this.bytes = bytes;
    this.limits = limits;
    this.strict = strict;
  }

  /** Where the next byte to be read is. */
  int position() {
    return position;
  }

  /** Whether everything read so far has the one form that an encoder would give it. */
  boolean canonical() {
    return canonical;
  }

  BValue value() {
    int first = peek();
    return switch (first) {
      case 'i' -> integer();
      case 'l' -> list();
      case 'd' -> dictionary();
      default -> string();
    };
  }

  private BInteger integer() {
    countToken();
    position++;
    boolean negative = peek() == '-';
    if (negative) {
      position++;
    }
    int start = position;
    // Negative numbers reach one further, so the magnitude is gathered as a negative number.
    long magnitude = 0;
    while (peek() != 'e') {
      int digit = digit();
      if (magnitude < (Long.MIN_VALUE + digit) / 10) {
        throw malformed("integer beyond 64 bits");
      }
      magnitude = magnitude * 10 - digit;
    }
    if (position == start || (!negative && magnitude == Long.MIN_VALUE)) {
      throw malformed(position == start ? "integer without digits" : "integer beyond 64 bits");
    }
    boolean leadingZero = bytes[start] == '0' && position - start > 1;
    if (leadingZero || (negative && magnitude == 0)) {
      notCanonical("integer with needless zero or sign");
    }
    position++;
    return new BInteger(negative ? magnitude : -magnitude);
  }

  private BString string() {
    countToken();
    int start = position;
    int length = 0;
    while (peek() != ':') {
      int digit = digit();
      if (length > (bytes.length - digit) / 10) {
        throw malformed("string longer than the input");
      }
      length = length * 10 + digit;
    }
    if (position == start) {
      throw malformed("string without length");
    }
    if (bytes[start] == '0' && position - start > 1) {
      notCanonical("string length with leading zero");
    }
    int from = position + 1;
    if (length > bytes.length - from) {
      throw malformed("string longer than the input");
    }
    position = from + length;
    return new BString(bytes, from, position);
  }

  private BList list() {
    open();
    List<BValue> values = new ArrayList<>(4);
    while (peek() != 'e') {
      values.add(value());
    }
    close();
    return new BList(values);
  }

  private BDictionary dictionary() {
    int from = position;
    open();
    List<BString> keys = new ArrayList<>(4);
    List<BValue> values = new ArrayList<>(4);
    while (peek() != 'e') {
      BString key = string();
      if (!keys.isEmpty() && keys.getLast().compareTo(key) >= 0) {
        notCanonical("key out of order: " + key);
      }
      keys.add(key);
      values.add(value());
    }
    close();
    return new BDictionary(keys, values, bytes, from, position);
  }

  private void open() {
    if (++depth > limits.maxDepth()) {
      throw malformed("nested deeper than " + limits.maxDepth());
    }
    countToken();
    position++;
  }

  private void close() {
    depth--;
    countToken();
    position++;
  }

  private void countToken() {
    if (++tokens > limits.maxTokens()) {
      throw malformed("more than " + limits.maxTokens() + " values");
    }
  }

  /** The next byte, not consumed. */
  private int peek() {
    if (position == bytes.length) {
      throw malformed("input ends too early");
    }
    return bytes[position];
  }

  private int digit() {
    int digit = bytes[position] - '0';
    if (digit < 0 || digit > 9) {
      throw malformed("unexpected byte");
    }
    position++;
    return digit;
  }

  private void notCanonical(String what) {
    canonical = false;
    if (strict) {
      throw malformed(what);
    }
  }

  private WireException malformed(String what) {
    return new WireException("bencode: " + what + " at byte " + position);
  }
}
