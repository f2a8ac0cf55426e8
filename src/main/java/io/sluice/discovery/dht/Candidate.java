package io.sluice.discovery.dht;

import io.sluice.wire.BString;
import io.sluice.wire.NodeId;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A node as one lookup sees it. Confined to the core. */
final class Candidate {

  enum Phase {
    FRESH,
    ASKED,
    /** Asked, and so late that others are asked in its stead; it may still answer. */
    SLOW,
    ANSWERED,
    FAILED
  }

  private static final int MIN_JUDGED = 4;

  private final InetSocketAddress address;
  private final @Nullable Candidate suggestedBy;
  private @Nullable NodeId id;
  private @Nullable BString token;
  private Phase phase = Phase.FRESH;
  private int deadSuggestions;
  private int goodSuggestions;

  /** A node of which only the address is known has no id until it answers. */
  Candidate(InetSocketAddress address, @Nullable NodeId id, @Nullable Candidate suggestedBy) {
    this.address = address;
    this.id = id;
    this.suggestedBy = suggestedBy;
  }

  InetSocketAddress address() {
    return address;
  }

  @Nullable NodeId id() {
    return id;
  }

  @Nullable BString token() {
    return token;
  }

  Phase phase() {
    return phase;
  }

  void asked() {
    phase = Phase.ASKED;
  }

  void slow() {
    if (phase == Phase.ASKED) {
      phase = Phase.SLOW;
    }
  }

  void answered(NodeId sender, @Nullable BString newToken) {
    phase = Phase.ANSWERED;
    id = sender;
    token = newToken;
    if (suggestedBy != null) {
      suggestedBy.goodSuggestions++;
    }
  }

  void failed() {
    phase = Phase.FAILED;
    if (suggestedBy != null) {
      suggestedBy.deadSuggestions++;
    }
  }

  /**
   * Whether it has failed, or would: it came from a node that told us of several that do not answer
   * and of none that does, and such a node is a liar or knows nobody.
   */
  boolean isUseless() {
    return phase == Phase.FAILED
        || (phase == Phase.FRESH
            && suggestedBy != null
            && suggestedBy.goodSuggestions == 0
            && suggestedBy.deadSuggestions >= MIN_JUDGED);
  }
}
