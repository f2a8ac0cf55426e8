package io.sluice.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.wire.TrackerCodec;
import io.sluice.wire.TrackerMessage;
import io.sluice.wire.WireException;
import java.util.List;

/** A message on a tracker's WebSocket, read from either side. */
public final class TrackerMessageFuzz {

  private TrackerMessageFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    boolean byTracker = trackerAccepts(input);
    boolean byClient = clientAccepts(input);
    return byTracker || byClient;
  }

  private static boolean trackerAccepts(byte[] input) {
    TrackerMessage message;
    try {
      message = TrackerCodec.decodeToTracker(input);
    } catch (WireException refused) {
      return false;
    }
    String text = TrackerCodec.encode(message);
    Fuzzing.check(
        TrackerCodec.encodedBytes(text) == text.getBytes(UTF_8).length, "lengths are right");
    Fuzzing.check(
        TrackerCodec.decodeToTracker(text.getBytes(UTF_8)).equals(message), "requests round-trip");
    return true;
  }

  private static boolean clientAccepts(byte[] input) {
    List<TrackerMessage.ToClient> messages;
    try {
      messages = TrackerCodec.decodeToClient(input);
    } catch (WireException refused) {
      return false;
    }
    Fuzzing.check(!messages.isEmpty(), "a reply says something");
    for (TrackerMessage.ToClient message : messages) {
      byte[] encoded = TrackerCodec.encode(message).getBytes(UTF_8);
      Fuzzing.check(
          TrackerCodec.decodeToClient(encoded).equals(List.of(message)), "replies round-trip");
    }
    return true;
  }
}
