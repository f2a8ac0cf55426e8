package io.sluice.fuzz;

import io.sluice.wire.ExtendedHandshake;
import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;

/** The extended handshake of a peer. */
public final class ExtendedHandshakeFuzz {

  private ExtendedHandshakeFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    ExtendedHandshake handshake;
    try {
      handshake = ExtensionCodec.decodeHandshake(ByteBuffer.wrap(input));
    } catch (WireException refused) {
      return false;
    }
    ExtendedHandshake again = ExtensionCodec.decodeHandshake(ExtensionCodec.encode(handshake));
    Fuzzing.check(again.ids().equals(handshake.ids()), "ids round-trip");
    Fuzzing.check(again.metadataBytes().equals(handshake.metadataBytes()), "sizes round-trip");
    Fuzzing.check(again.port().equals(handshake.port()), "ports round-trip");
    Fuzzing.check(again.requestQueue().equals(handshake.requestQueue()), "queues round-trip");
    return true;
  }
}
