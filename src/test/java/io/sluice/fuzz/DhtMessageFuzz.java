package io.sluice.fuzz;

import io.sluice.wire.DhtCodec;
import io.sluice.wire.DhtMessage;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;

/** A datagram of the DHT. */
public final class DhtMessageFuzz {

  private DhtMessageFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    DhtMessage message;
    try {
      message = DhtCodec.decode(ByteBuffer.wrap(input));
    } catch (WireException refused) {
      return false;
    }
    Fuzzing.check(
        DhtCodec.decode(DhtCodec.encode(message)).equals(message), "DHT messages round-trip");
    return true;
  }
}
