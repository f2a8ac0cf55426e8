package io.sluice.wire;

import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Counts;
import java.net.InetSocketAddress;
import java.util.List;

/** One datagram of the tracker protocol over UDP (BEP 15, with the URL data of BEP 41). */
public sealed interface UdpTrackerMessage {

  /** The longest datagram that is written: what goes through any path of IPv6, nearly. */
  int MAX_BYTES = 1_400;

  /** The most torrents that one scrape asks for. */
  int MAX_SCRAPED = 74;

  /** The longest URL data that is read or written. */
  int MAX_URL_DATA_BYTES = 1_024;

  /** Chosen by who asks; the reply to a request repeats it. */
  int transactionId();

  /** What a client asks. */
  sealed interface Request extends UdpTrackerMessage {}

  /** What a tracker replies. */
  sealed interface Reply extends UdpTrackerMessage {}

  /** Asks for a connection id, by which the tracker sees that the address is no forgery. */
  record ConnectRequest(int transactionId) implements Request {}

  /**
   * Says that a peer is there.
   *
   * @param announce without offers and tracker id, which have no room here
   * @param key by which the client proves to be the same at another address
   * @param port where the peer listens, 0..65535
   * @param urlData path and query of the tracker's URL (BEP 41), or nothing; ASCII
   */
  record AnnounceRequest(
      long connectionId, int transactionId, Announce announce, int key, int port, String urlData)
      implements Request {
    public AnnounceRequest {
      if (port < 0 || port > 0xFFFF) {
        throw new WireException("invalid port");
      }
      if (urlData.length() > MAX_URL_DATA_BYTES || !urlData.chars().allMatch(c -> c < 0x80)) {
        throw new WireException("invalid URL data");
      }
    }
  }

  /** Asks for counts. */
  record ScrapeRequest(long connectionId, int transactionId, List<InfoHash> infoHashes)
      implements Request {
    public ScrapeRequest {
      infoHashes = List.copyOf(infoHashes);
      if (infoHashes.size() > MAX_SCRAPED) {
        throw new WireException("too many torrents in a scrape");
      }
    }
  }

  /** The reply to a {@link ConnectRequest}. */
  record Connected(int transactionId, long connectionId) implements Reply {}

  /**
   * The reply to an {@link AnnounceRequest}.
   *
   * @param peers all of one address family: that of the request
   */
  record Announced(
      int transactionId,
      int intervalSeconds,
      int leechers,
      int seeders,
      List<InetSocketAddress> peers)
      implements Reply {
    public Announced {
      TrackerText.requireCount(intervalSeconds);
      TrackerText.requireCount(leechers);
      TrackerText.requireCount(seeders);
      peers = List.copyOf(peers);
      peers.forEach(CompactAddresses::requireUsable);
    }
  }

  /** The reply to a {@link ScrapeRequest}, in the order in which it asked. */
  record Scraped(int transactionId, List<Counts> counts) implements Reply {
    public Scraped {
      counts = List.copyOf(counts);
      if (counts.size() > MAX_SCRAPED) {
        throw new WireException("too many torrents in a scrape");
      }
    }
  }

  /**
   * The tracker does not do what it was asked for.
   *
   * @param message for people, one line
   */
  record Failure(int transactionId, String message) implements Reply {
    public Failure {
      message = TrackerText.readable(message);
    }
  }
}
