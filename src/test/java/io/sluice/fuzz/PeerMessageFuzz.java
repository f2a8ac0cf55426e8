package io.sluice.fuzz;

import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessageCodec;
import io.sluice.wire.PeerMessageDecoder;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A stream of peer messages, in one chunk and in many. */
public final class PeerMessageFuzz {

  private static final int MAX_MESSAGE_BYTES = 32 * 1024;

  private PeerMessageFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    List<PeerMessage> whole = new ArrayList<>();
    List<PeerMessage> split = new ArrayList<>();
    // A long input would take long to be cut into single bytes, and say no more.
    int chunkBytes = input.length < 1000 ? 1 : 97;
    boolean accepted = decode(input, input.length, whole);
    Fuzzing.check(
        decode(input, chunkBytes, split) == accepted, "splitting the stream changes nothing");
    Fuzzing.check(whole.equals(split), "splitting the stream changes no message");
    int position = 0;
    for (PeerMessage message : whole) {
      ByteBuffer encoded = PeerMessageCodec.encode(message);
      ByteBuffer original = ByteBuffer.wrap(input, position, encoded.remaining());
      boolean skipped = message instanceof PeerMessage.Unknown;
      Fuzzing.check(skipped || encoded.equals(original), "messages encode to what they came from");
      position += encoded.remaining();
    }
    return accepted && !whole.isEmpty();
  }

  private static boolean decode(byte[] input, int chunkBytes, List<PeerMessage> messages) {
    PeerMessageDecoder decoder = new PeerMessageDecoder(MAX_MESSAGE_BYTES);
    try {
      for (int from = 0; from < input.length; from += chunkBytes) {
        int length = Math.min(chunkBytes, input.length - from);
        decoder.feed(ByteBuffer.wrap(input, from, length), messages::add);
      }
      return true;
    } catch (WireException refused) {
      return false;
    }
  }
}
