package io.sluice.discovery.dht;

import io.sluice.wire.NodeId;
import java.net.InetAddress;
import java.util.Optional;

/**
 * How a DHT node fares.
 *
 * @param ipv4 empty when the node serves no IPv4
 * @param ipv6 empty when the node serves no IPv6
 * @param searches that are open
 * @param storedTorrents for which others have announced peers to us
 */
public record DhtStatus(
    Optional<Side> ipv4,
    Optional<Side> ipv6,
    int searches,
    int storedTorrents,
    int storedPeers,
    Totals totals) {

  /**
   * The network of one address family.
   *
   * @param good nodes that have been active within 15 minutes
   * @param nodes in the routing table
   * @param external our own address, once enough others agree on it
   */
  public record Side(NodeId id, int good, int nodes, Optional<InetAddress> external) {}

  /**
   * Packets since the node was opened.
   *
   * @param malformed received and not a DHT message
   * @param refused received and dropped unread because of a limit or the policy
   * @param unexpected received answers to nothing that we asked
   * @param impostors received answers of somebody else than whom we asked
   * @param unanswered queries of ours
   */
  public record Totals(
      long received,
      long sent,
      long malformed,
      long refused,
      long unexpected,
      long impostors,
      long unanswered) {}

  /** Good nodes of both families. */
  public int good() {
    return ipv4.map(Side::good).orElse(0) + ipv6.map(Side::good).orElse(0);
  }
}
