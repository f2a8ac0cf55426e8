package io.sluice.fuzz;

import io.sluice.wire.UdpTrackerCodec;
import io.sluice.wire.UdpTrackerMessage.Reply;
import io.sluice.wire.UdpTrackerMessage.Request;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;

/** A datagram of the tracker protocol over UDP, read from either side. */
public final class UdpTrackerFuzz {

  private UdpTrackerFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    boolean ipv4 = clientAccepts(input, false);
    boolean ipv6 = clientAccepts(input, true);
    Fuzzing.check(ipv4 == ipv6, "a reply is read over either family");
    return trackerAccepts(input) || ipv4;
  }

  private static boolean trackerAccepts(byte[] input) {
    Request request;
    try {
      request = UdpTrackerCodec.decodeRequest(ByteBuffer.wrap(input));
    } catch (WireException refused) {
      return false;
    }
    byte[] encoded = UdpTrackerCodec.encode(request);
    Fuzzing.check(
        UdpTrackerCodec.decodeRequest(ByteBuffer.wrap(encoded)).equals(request),
        "requests round-trip");
    return true;
  }

  private static boolean clientAccepts(byte[] input, boolean ipv6) {
    Reply reply;
    try {
      reply = UdpTrackerCodec.decodeReply(ByteBuffer.wrap(input), ipv6);
    } catch (WireException refused) {
      return false;
    }
    ByteBuffer encoded = ByteBuffer.wrap(UdpTrackerCodec.encode(reply));
    Fuzzing.check(
        UdpTrackerCodec.transactionOf(encoded) == reply.transactionId(), "transactions are kept");
    Fuzzing.check(UdpTrackerCodec.decodeReply(encoded, ipv6).equals(reply), "replies round-trip");
    return true;
  }
}
