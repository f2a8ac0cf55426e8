package io.sluice.swarm;

import io.sluice.transport.PeerLink;

/**
 * One block that was asked of one source.
 *
 * @param atNanos when, by the session's clock
 * @param begin offset of the block in its piece, in bytes
 * @param kind by which transport
 * @param address of the source, for people
 * @param expectedNanos how long it was expected to take
 */
public record Decision(
    long atNanos,
    int piece,
    int begin,
    PeerLink.Kind kind,
    String address,
    long expectedNanos,
    Why why) {}
