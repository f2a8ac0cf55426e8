package io.sluice.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes an input a little: bits, bytes, numbers, parts cut out, doubled or taken from others. */
final class Mutations {

  private static final String[] NUMBERS = {
    "0",
    "-0",
    "-1",
    "00",
    "1",
    "20",
    "255",
    "256",
    "65535",
    "65536",
    "16384",
    "16385",
    "2147483647",
    "2147483648",
    "-2147483648",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
  };

  private static final byte[] BYTES = {
    0,
    1,
    0x7F,
    (byte) 0x80,
    (byte) 0xFF,
    'i',
    'l',
    'd',
    'e',
    ':',
    '0',
    '9',
    '-',
    '%',
    '&',
    '=',
    '/',
    '.',
    '\\',
    '\n',
  };

  private final Random random;
  private final List<byte[]> corpus;

  Mutations(Random random, List<byte[]> corpus) {
    this.random = random;
    this.corpus = corpus;
  }

  byte[] next() {
    byte[] input = pick();
    for (int i = random.nextInt(4); i >= 0; i--) {
      input = mutated(input);
    }
    return input;
  }

  private byte[] mutated(byte[] input) {
    int from = random.nextInt(input.length + 1);
    int to = from + random.nextInt(Math.min(64, input.length - from) + 1);
    byte[] part = Arrays.copyOfRange(input, from, to);
    return switch (random.nextInt(7)) {
      case 0 -> flipped(input);
      case 1 -> replaced(input, from, Math.min(input.length, from + 1), anyByte());
      case 2 -> replaced(input, from, from, anyByte());
      case 3 -> replaced(input, from, to, new byte[0]);
      case 4 -> replaced(input, to, to, part);
      case 5 -> spliced(input, from);
      default -> renumbered(input, from);
    };
  }

  private byte[] pick() {
    return corpus.get(random.nextInt(corpus.size()));
  }

  private byte[] anyByte() {
    boolean telling = random.nextBoolean();
    byte chosen = telling ? BYTES[random.nextInt(BYTES.length)] : (byte) random.nextInt(256);
    return new byte[] {chosen};
  }

  private byte[] flipped(byte[] input) {
    byte[] copy = input.clone();
    if (copy.length > 0) {
      copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return copy;
  }

  private byte[] spliced(byte[] input, int from) {
    byte[] other = pick();
    int otherFrom = random.nextInt(other.length + 1);
    byte[] tail = Arrays.copyOfRange(other, otherFrom, other.length);
    return replaced(input, from, input.length, tail);
  }

  /** Another number in the place of the next one, if there is one. */
  private byte[] renumbered(byte[] input, int from) {
    int start = from;
    while (start < input.length && !digit(input[start])) {
      start++;
    }
    int end = start;
    while (end < input.length && digit(input[end])) {
      end++;
    }
    String number = NUMBERS[random.nextInt(NUMBERS.length)];
    return replaced(input, start, end, number.getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(input, 0, from);
    out.writeBytes(by);
    out.write(input, to, input.length - to);
    return out.toByteArray();
  }
}
