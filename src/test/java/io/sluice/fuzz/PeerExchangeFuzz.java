package io.sluice.fuzz;

import io.sluice.wire.PeerExchange;
import io.sluice.wire.PeerExchangeCodec;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;

/** A ut_pex message of a peer. */
public final class PeerExchangeFuzz {

  private PeerExchangeFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    PeerExchange message;
    try {
      message = PeerExchangeCodec.decode(ByteBuffer.wrap(input));
    } catch (WireException refused) {
      return false;
    }
    Fuzzing.check(message.added().size() <= 2 * PeerExchange.MAX_PEERS, "peers are bounded");
    Fuzzing.check(
        PeerExchangeCodec.decode(PeerExchangeCodec.encode(message)).equals(message),
        "messages round-trip");
    return true;
  }
}
