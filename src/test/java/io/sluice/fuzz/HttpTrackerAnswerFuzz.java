package io.sluice.fuzz;

import io.sluice.wire.AddressReply;
import io.sluice.wire.HttpTrackerCodec;
import io.sluice.wire.HttpTrackerRequest.Form;
import io.sluice.wire.WireException;
import java.util.function.Function;

/** What a tracker answers over HTTP to an announce or a scrape. */
public final class HttpTrackerAnswerFuzz {

  private HttpTrackerAnswerFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    boolean announced = reads(input, HttpTrackerCodec::decodeAnnounced);
    boolean scraped = reads(input, HttpTrackerCodec::decodeScraped);
    Fuzzing.check(announced == scraped, "a dictionary is read as either");
    return announced;
  }

  private static boolean reads(byte[] input, Function<byte[], AddressReply> decoder) {
    AddressReply reply;
    try {
      reply = decoder.apply(input);
    } catch (WireException refused) {
      return false;
    }
    if (reply instanceof AddressReply.Announced announced) {
      Fuzzing.check(announced.peers().size() <= AddressReply.MAX_PEERS, "peers are bounded");
      Fuzzing.check(
          announced.peers().stream().noneMatch(peer -> peer.address().isUnresolved()),
          "names are not looked up");
    }
    byte[] encoded = HttpTrackerCodec.encode(reply, Form.DICTIONARIES);
    Fuzzing.check(decoder.apply(encoded).equals(reply), "answers round-trip");
    return true;
  }
}
