package io.sluice.fuzz;

import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.MetadataMessage;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;

/** A ut_metadata message of a peer. */
public final class MetadataMessageFuzz {

  private MetadataMessageFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    MetadataMessage message;
    try {
      message = ExtensionCodec.decodeMetadata(ByteBuffer.wrap(input));
    } catch (WireException refused) {
      return false;
    }
    Fuzzing.check(
        ExtensionCodec.decodeMetadata(ExtensionCodec.encode(message)).equals(message),
        "messages round-trip");
    return true;
  }
}
