package io.sluice.wire;

/** What one DHT node asks of another (BEP 5). */
public sealed interface DhtQuery {

  /**
   * Which nodes an answer should hold (BEP 32); with neither, those of the family that the question
   * came by.
   */
  record Want(boolean nodes, boolean nodes6) {
    public static final Want UNSAID = new Want(false, false);
    public static final Want BOTH = new Want(true, true);
  }

  record Ping() implements DhtQuery {}

  record FindNode(NodeId target, Want want) implements DhtQuery {}

  record GetPeers(InfoHash infoHash, Want want) implements DhtQuery {}

  /**
   * Tells that the asker has a peer for a torrent.
   *
   * @param port where the asker accepts peers, 1..65535; 0 only with {@code impliedPort}
   * @param impliedPort whether the port that the packet came from is meant instead
   * @param token what {@link GetPeers} to the same node returned
   */
  record AnnouncePeer(InfoHash infoHash, int port, boolean impliedPort, BString token)
      implements DhtQuery {
    public AnnouncePeer {
      if (port < 0 || port > 0xFFFF || (port == 0 && !impliedPort)) {
        throw new WireException("port out of bounds: " + port);
      }
      DhtMessage.requireToken(token);
    }
  }

  /**
   * A question that this program does not know; its arguments are not kept.
   *
   * @param method at most 32 characters of printable ASCII
   */
  record Unknown(String method) implements DhtQuery {}
}
