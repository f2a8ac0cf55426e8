package io.sluice.wire;

import io.sluice.wire.TrackerMessage.Counts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a tracker answers that lists addresses: over HTTP a bencoded dictionary (BEP 3, 7, 23, 24,
 * 31 and 48).
 */
public sealed interface AddressReply {

  /** The longest answer that is read, in bytes. */
  int MAX_BYTES = 256 * 1024;

  /** How many peers of an answer are kept. */
  int MAX_PEERS = 1_000;

  /**
   * A peer that may be dialled.
   *
   * @param peerId only trackers that answer at length say it
   */
  record Peer(Optional<PeerId> peerId, InetSocketAddress address) {
    public Peer {
      CompactAddresses.requireUsable(address);
    }
  }

  /**
   * The answer to an announce.
   *
   * @param intervalSeconds when to announce again
   * @param minIntervalSeconds never to announce sooner than that
   * @param complete peers that have all of the torrent
   * @param incomplete the other peers
   * @param trackerId what the tracker wants to hear again
   * @param warning for people, one line
   * @param externalAddress where the tracker sees us (BEP 24)
   */
  record Announced(
      OptionalInt intervalSeconds,
      OptionalInt minIntervalSeconds,
      OptionalInt complete,
      OptionalInt incomplete,
      List<Peer> peers,
      Optional<String> trackerId,
      Optional<String> warning,
      Optional<InetAddress> externalAddress)
      implements AddressReply {
    public Announced {
      intervalSeconds.ifPresent(TrackerText::requireCount);
      minIntervalSeconds.ifPresent(TrackerText::requireCount);
      complete.ifPresent(TrackerText::requireCount);
      incomplete.ifPresent(TrackerText::requireCount);
      trackerId.ifPresent(TrackerText::requireTrackerId);
      warning = warning.map(TrackerText::readable);
      peers = List.copyOf(peers);
    }
  }

  /** The answer to a scrape; of other torrents than were asked for as well, perhaps. */
  record Scraped(Map<InfoHash, Counts> files) implements AddressReply {
    public Scraped {
      files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }
  }

  /**
   * The tracker does not do what it was asked for.
   *
   * @param reason for people, one line
   * @param retry when to ask again, if the tracker says so (BEP 31)
   */
  record Failure(String reason, Optional<Retry> retry) implements AddressReply {
    public Failure {
      reason = TrackerText.readable(reason);
    }

    public Failure(String reason) {
      this(reason, Optional.empty());
    }
  }

  /** When it makes sense to ask again (BEP 31). */
  sealed interface Retry {
    record In(Duration delay) implements Retry {}

    record Never() implements Retry {}
  }
}
