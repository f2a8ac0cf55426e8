package io.sluice.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists of DHT nodes in the compact form of BEP 5 and BEP 32.
 *
 * <pre>
 * node   id 20 | ip 4 | port 2
 * node6  id 20 | ip 16 | port 2
 * </pre>
 */
public final class CompactNodes {

  private static final int NODE_BYTES = NodeId.BYTES + CompactAddresses.IPV4_BYTES;
  private static final int NODE6_BYTES = NodeId.BYTES + CompactAddresses.IPV6_BYTES;

  private CompactNodes() {}

  /** Writes nodes one after the other; the caller sees to it that they are of one family. */
  public static BString encode(List<NodeContact> nodes) {
    ByteBuffer bytes = ByteBuffer.allocate(nodes.size() * NODE6_BYTES);
    for (NodeContact node : nodes) {
      bytes.put(node.id().bytes()).put(CompactAddresses.encode(node.address()));
    }
    byte[] exact = new byte[bytes.flip().remaining()];
    bytes.get(exact);
    return BString.of(exact);
  }

  /**
   * Reads IPv4 nodes, without those whose port is 0.
   *
   * @throws WireException when the bytes are no whole number of nodes, or more than {@code max}
   */
  public static List<NodeContact> decode(BString bytes, int max) {
    return decode(bytes, NODE_BYTES, max);
  }

  /**
   * Reads IPv6 nodes, without those whose port is 0 or whose address is an IPv4 one in disguise.
   *
   * @throws WireException when the bytes are no whole number of nodes, or more than {@code max}
   */
  public static List<NodeContact> decode6(BString bytes, int max) {
    return decode(bytes, NODE6_BYTES, max);
  }

  private static List<NodeContact> decode(BString bytes, int nodeBytes, int max) {
    int count = bytes.length() / nodeBytes;
    if (count * nodeBytes != bytes.length() || count > max) {
      throw new WireException("DHT nodes of " + bytes.length() + " bytes");
    }
    List<NodeContact> nodes = new ArrayList<>(count);
    ByteBuffer from = bytes.bytes();
    for (int i = 0; i < count; i++) {
      byte[] id = new byte[NodeId.BYTES];
      from.get(id);
      CompactAddresses.decode(from, nodeBytes - NodeId.BYTES)
          .ifPresent(address -> nodes.add(new NodeContact(NodeId.of(id), address)));
    }
    return nodes;
  }
}
