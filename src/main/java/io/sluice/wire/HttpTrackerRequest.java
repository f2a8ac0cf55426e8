package io.sluice.wire;

import io.sluice.wire.TrackerMessage.Announce;
import java.util.List;
import java.util.Optional;

/** What a client asks a tracker over HTTP: the query of a URL (BEP 3 and BEP 48). */
public sealed interface HttpTrackerRequest {

  /** How the client wants its peers. */
  enum Form {
    /** 6 or 18 bytes each (BEP 23 and BEP 7): what is done unless the client objects. */
    COMPACT,
    /** A dictionary each. */
    DICTIONARIES,
    /** A dictionary each, without the peers' ids. */
    DICTIONARIES_WITHOUT_IDS
  }

  /**
   * Says that a peer is there.
   *
   * @param announce without offers: HTTP knows none
   * @param port where the peer listens, 0..65535
   * @param key by which the client proves to be the same at another address
   */
  record AnnounceRequest(Announce announce, int port, Optional<String> key, Form form)
      implements HttpTrackerRequest {
    public AnnounceRequest {
      if (port < 0 || port > 0xFFFF) {
        throw new WireException("invalid port");
      }
      if (!announce.offers().isEmpty()) {
        throw new WireException("offers do not go over HTTP");
      }
      key.ifPresent(TrackerText::requireTrackerId);
    }
  }

  /** Asks for counts. */
  record ScrapeRequest(List<InfoHash> infoHashes) implements HttpTrackerRequest {
    public ScrapeRequest {
      infoHashes = List.copyOf(infoHashes);
    }
  }
}
