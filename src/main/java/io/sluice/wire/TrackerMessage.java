package io.sluice.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One message of the WebTorrent tracker protocol: a JSON object in a WebSocket message (RFC 6455).
 *
 * <p>Peers find each other by offers and answers (RFC 8829) that the tracker passes on, so a
 * tracker hands out no addresses. Values are immutable and within the protocol's bounds once they
 * exist: a constructor throws {@link WireException} for anything that could not be written.
 */
public sealed interface TrackerMessage {

  /** The longest message that is read, in bytes of UTF-8. */
  int MAX_MESSAGE_BYTES = 128 * 1024;

  /** The longest session description, in bytes of UTF-8. */
  int MAX_SDP_BYTES = 64 * 1024;

  /** How many offers of an announce, hashes of a scrape or files of an answer to it are kept. */
  int MAX_ENTRIES = 255;

  /** What a client has to say to a tracker. */
  sealed interface ToTracker extends TrackerMessage {}

  /** What a tracker has to say to a client. */
  sealed interface ToClient extends TrackerMessage {}

  /** Why a client announces (BEP 3, BEP 21); anything unknown counts as {@link #UPDATE}. */
  enum Event {
    STARTED,
    COMPLETED,
    STOPPED,
    PAUSED,
    /** The regular announce, which names no event. */
    UPDATE
  }

  /**
   * An offer that the tracker passes on to one peer of its choice.
   *
   * @param offerId 20 bytes as a Latin-1 text
   * @param sdp the session description, with all its candidates inside
   */
  record Offer(String offerId, String sdp) {
    public Offer {
      TrackerText.requireId(offerId);
      TrackerText.requireSdp(sdp);
    }
  }

  /** How many peers of a torrent have all of it, how many do not, how often it was completed. */
  record Counts(int complete, int incomplete, int downloaded) {
    public Counts {
      TrackerText.requireCount(complete);
      TrackerText.requireCount(incomplete);
      TrackerText.requireCount(downloaded);
    }
  }

  /**
   * Says that a peer is there.
   *
   * @param uploaded bytes since {@link Event#STARTED}
   * @param downloaded bytes since {@link Event#STARTED}
   * @param left bytes that the peer lacks, when it knows
   * @param wanted {@code numwant}; trackers give as many peers as there are offers, some only when
   *     this says the same
   * @param trackerId what the tracker wants to hear again
   */
  record Announce(
      InfoHash infoHash,
      PeerId peerId,
      long uploaded,
      long downloaded,
      OptionalLong left,
      Event event,
      OptionalInt wanted,
      List<Offer> offers,
      Optional<String> trackerId)
      implements ToTracker {
    public Announce {
      TrackerText.requireCount(uploaded);
      TrackerText.requireCount(downloaded);
      left.ifPresent(TrackerText::requireCount);
      wanted.ifPresent(TrackerText::requireCount);
      trackerId.ifPresent(TrackerText::requireTrackerId);
      offers = List.copyOf(offers);
    }
  }

  /**
   * Answers an offer of a peer.
   *
   * @param to the peer that made the offer
   * @param offerId the offer's, 20 bytes as a Latin-1 text
   * @param left bytes that the answering peer lacks, when it says so
   */
  record Answer(
      InfoHash infoHash,
      PeerId peerId,
      PeerId to,
      String offerId,
      String sdp,
      OptionalLong left,
      Optional<String> trackerId)
      implements ToTracker {
    public Answer {
      TrackerText.requireId(offerId);
      TrackerText.requireSdp(sdp);
      left.ifPresent(TrackerText::requireCount);
      trackerId.ifPresent(TrackerText::requireTrackerId);
    }
  }

  /** Asks for {@link Counts}; without a hash of whatever the tracker cares to tell. */
  record Scrape(List<InfoHash> infoHashes) implements ToTracker {
    public Scrape {
      infoHashes = List.copyOf(infoHashes);
    }
  }

  /**
   * The answer to an {@link Announce}. Only the infohash is certain to be there.
   *
   * @param intervalSeconds when to announce again
   * @param minIntervalSeconds never to announce sooner than that
   */
  record Announced(
      InfoHash infoHash,
      OptionalInt intervalSeconds,
      OptionalInt minIntervalSeconds,
      OptionalInt complete,
      OptionalInt incomplete,
      Optional<String> trackerId,
      Optional<String> warning)
      implements ToClient {
    public Announced {
      intervalSeconds.ifPresent(TrackerText::requireCount);
      minIntervalSeconds.ifPresent(TrackerText::requireCount);
      complete.ifPresent(TrackerText::requireCount);
      incomplete.ifPresent(TrackerText::requireCount);
      trackerId.ifPresent(TrackerText::requireTrackerId);
      warning = warning.map(TrackerText::readable);
    }

    /** The answer that a tracker gives when there is nothing special to say. */
    public Announced(InfoHash infoHash, int intervalSeconds, int complete, int incomplete) {
      this(
          infoHash,
          OptionalInt.of(intervalSeconds),
          OptionalInt.empty(),
          OptionalInt.of(complete),
          OptionalInt.of(incomplete),
          Optional.empty(),
          Optional.empty());
    }
  }

  /** An offer that another peer made. */
  record RelayedOffer(InfoHash infoHash, PeerId peerId, Offer offer) implements ToClient {}

  /** A peer's answer to an offer of ours. */
  record RelayedAnswer(InfoHash infoHash, PeerId peerId, String offerId, String sdp)
      implements ToClient {
    public RelayedAnswer {
      TrackerText.requireId(offerId);
      TrackerText.requireSdp(sdp);
    }
  }

  /**
   * The answer to a {@link Scrape}.
   *
   * @param minIntervalSeconds {@code min_request_interval}: never to scrape sooner than that
   */
  record Scraped(Map<InfoHash, Counts> files, OptionalInt minIntervalSeconds) implements ToClient {
    public Scraped {
      files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
      minIntervalSeconds.ifPresent(TrackerText::requireCount);
    }
  }

  /**
   * The tracker did not do what it was asked for.
   *
   * @param infoHash the torrent in question; some trackers leave it out
   * @param reason for people, one line
   */
  record Failure(Optional<InfoHash> infoHash, String reason) implements ToClient {
    public Failure {
      reason = TrackerText.readable(reason);
    }
  }
}
