package io.sluice.discovery.dht;

import io.sluice.wire.NodeId;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * Node ids that follow from the node's IP address (BEP 42): the first 21 bits are a checksum of the
 * masked address and three random bits, which the last byte shows.
 */
final class SecureIds {

  private static final byte[] IPV4_MASK = {0x03, 0x0f, 0x3f, (byte) 0xff};
  private static final byte[] IPV6_MASK = {0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, (byte) 0xff};

  private SecureIds() {}

  /** An id for a node at this address, random where the address leaves room. */
  static NodeId create(InetAddress address, RandomGenerator random) {
    byte[] id = NodeId.random(random).bytes();
    int prefix = prefix(address, id[NodeId.BYTES - 1]);
    id[0] = (byte) (prefix >>> 24);
    id[1] = (byte) (prefix >>> 16);
    id[2] = (byte) ((prefix >>> 8 & 0xf8) | (id[2] & 0x07));
    return NodeId.of(id);
  }

  /** Whether a node at this address may have this id; always so within a local network. */
  static boolean complies(NodeId nodeId, InetAddress address) {
    if (NetKey.isLocal(address)) {
      return true;
    }
    byte[] id = nodeId.bytes();
    int found = ((id[0] & 0xFF) << 24) | ((id[1] & 0xFF) << 16) | ((id[2] & 0xFF) << 8);
    return ((found ^ prefix(address, id[NodeId.BYTES - 1])) & 0xFFFFF800) == 0;
  }

  /** 32 bits, the first 21 of which count. */
  private static int prefix(InetAddress address, byte last) {
    byte[] mask = address.getAddress().length == 4 ? IPV4_MASK : IPV6_MASK;
    byte[] ip = Arrays.copyOf(address.getAddress(), mask.length);
    for (int i = 0; i < mask.length; i++) {
      ip[i] &= mask[i];
    }
    ip[0] |= (byte) ((last & 0x7) << 5);
    CRC32C crc = new CRC32C();
    crc.update(ip);
    return (int) crc.getValue();
  }
}
