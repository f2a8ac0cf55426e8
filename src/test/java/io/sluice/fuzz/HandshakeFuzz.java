package io.sluice.fuzz;

import io.sluice.wire.Handshake;
import io.sluice.wire.HandshakeCodec;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;

/** The handshake of a peer. */
public final class HandshakeFuzz {

  private HandshakeFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    ByteBuffer bytes = ByteBuffer.wrap(input);
    Handshake handshake;
    try {
      handshake = HandshakeCodec.decode(bytes);
    } catch (WireException refused) {
      return false;
    }
    Fuzzing.check(bytes.position() == Handshake.BYTES, "a handshake has its length");
    Fuzzing.check(
        HandshakeCodec.decode(HandshakeCodec.encode(handshake)).equals(handshake),
        "handshakes round-trip");
    return true;
  }
}
