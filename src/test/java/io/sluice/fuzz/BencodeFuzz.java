package io.sluice.fuzz;

import io.sluice.wire.BValue;
import io.sluice.wire.Bencode;
import io.sluice.wire.BencodeLimits;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bencode, lenient and strict. */
public final class BencodeFuzz {

  private BencodeFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    Bencode.Decoded decoded;
    try {
      decoded = Bencode.decode(ByteBuffer.wrap(input), BencodeLimits.MESSAGE);
    } catch (WireException refused) {
      Fuzzing.check(!strictAccepts(input), "strict accepts no more than lenient");
      return false;
    }
    byte[] encoded = Bencode.encode(decoded.value());
    Fuzzing.check(
        decoded.canonical() == Arrays.equals(encoded, input), "canonical means encodes the same");
    Fuzzing.check(decoded.canonical() == strictAccepts(input), "strict accepts what is canonical");
    BValue again = Bencode.decodeStrict(ByteBuffer.wrap(encoded), BencodeLimits.MESSAGE);
    Fuzzing.check(Arrays.equals(Bencode.encode(again), encoded), "encoding is stable");
    Fuzzing.check(!decoded.canonical() || again.equals(decoded.value()), "values round-trip");
    return true;
  }

  private static boolean strictAccepts(byte[] input) {
    try {
      Bencode.decodeStrict(ByteBuffer.wrap(input), BencodeLimits.MESSAGE);
      return true;
    } catch (WireException refused) {
      return false;
    }
  }
}
