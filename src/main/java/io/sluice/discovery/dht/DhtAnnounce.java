package io.sluice.discovery.dht;

/**
 * Whether a search also tells the network of us, and by which port.
 *
 * @param port where we accept peers, 1..65535; 0 only when we do not announce
 * @param impliedPort whether others should rather take the port that our packets seem to come from
 *     ({@code implied_port} of BEP 5); nodes that do not know how take {@code port}
 */
public record DhtAnnounce(int port, boolean impliedPort) {

  /** Only looks for others. */
  public static final DhtAnnounce NONE = new DhtAnnounce(0, false);

  public DhtAnnounce {
    if (port < 0 || port > 0xFFFF || (port == 0 && impliedPort)) {
      throw new IllegalArgumentException("port: " + port);
    }
  }

  /**
   * We accept peers on this TCP port.
   *
   * @param port 1..65535
   */
  public static DhtAnnounce port(int port) {
    return new DhtAnnounce(port, false);
  }

  /**
   * We accept peers on the same number as the DHT's UDP port, and maybe behind a NAT that changes
   * both alike.
   *
   * @param port 1..65535
   */
  public static DhtAnnounce impliedPort(int port) {
    return new DhtAnnounce(port, true);
  }

  boolean isWanted() {
    return port != 0;
  }
}
