package io.sluice.wire;

import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The payload of a ut_pex message (BEP 11), after the ids of {@link PeerMessage.Extended}.
 *
 * <pre>
 * dictionary: added   n * (ip 4 | port 2)   added.f   n * flags 1   dropped   n * (ip 4 | port 2)
 *             added6  n * (ip 16 | port 2)  added6.f  n * flags 1   dropped6  n * (ip 16 | port 2)
 * </pre>
 */
public final class PeerExchangeCodec {

  /** The longest message that is read: far more than anybody sends in one. */
  private static final BencodeLimits LIMITS = new BencodeLimits(16 * 1024, 4, 100);

  private PeerExchangeCodec() {}

  public static ByteBuffer encode(PeerExchange message) {
    Map<String, BValue> entries = new HashMap<>();
    // Always there, since libtorrent's and others' readers take them for the sign of a message.
    entries.put("added", BString.of(""));
    entries.put("added.f", BString.of(""));
    entries.put("dropped", BString.of(""));
    for (boolean ipv4 : new boolean[] {true, false}) {
      String suffix = ipv4 ? "" : "6";
      List<PeerExchange.Peer> added =
          message.added().stream().filter(peer -> isIpv4(peer.address()) == ipv4).toList();
      if (!added.isEmpty()) {
        entries.put(
            "added" + suffix, addresses(added.stream().map(PeerExchange.Peer::address).toList()));
        entries.put("added" + suffix + ".f", flags(added));
      }
      List<InetSocketAddress> dropped =
          message.dropped().stream().filter(address -> isIpv4(address) == ipv4).toList();
      if (!dropped.isEmpty()) {
        entries.put("dropped" + suffix, addresses(dropped));
      }
    }
    return ByteBuffer.wrap(Bencode.encode(BDictionary.of(entries)));
  }

  private static boolean isIpv4(InetSocketAddress address) {
    return address.getAddress() instanceof Inet4Address;
  }

  private static BString addresses(List<InetSocketAddress> addresses) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    addresses.forEach(address -> bytes.writeBytes(CompactAddresses.encode(address)));
    return BString.of(bytes.toByteArray());
  }

  private static BString flags(List<PeerExchange.Peer> peers) {
    byte[] flags = new byte[peers.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = (byte) peers.get(i).flags();
    }
    return BString.of(flags);
  }

  /**
   * Reads a message. Of each list the first {@link PeerExchange#MAX_PEERS} count; addresses that
   * nobody can be reached at are left out, and flags that are missing are 0.
   *
   * @throws WireException when it is not a dictionary within bounds, or a list is not a whole
   *     number of addresses
   */
  public static PeerExchange decode(ByteBuffer payload) {
    if (!(Bencode.decodePrefix(payload.duplicate(), LIMITS) instanceof BDictionary entries)) {
      throw new WireException("a ut_pex message is a dictionary");
    }
    List<PeerExchange.Peer> added = new ArrayList<>();
    List<InetSocketAddress> dropped = new ArrayList<>();
    readAdded(entries, "added", CompactAddresses.IPV4_BYTES, added);
    readAdded(entries, "added6", CompactAddresses.IPV6_BYTES, added);
    readDropped(entries, "dropped", CompactAddresses.IPV4_BYTES, dropped);
    readDropped(entries, "dropped6", CompactAddresses.IPV6_BYTES, dropped);
    return new PeerExchange(added, dropped);
  }

  private static void readAdded(
      BDictionary entries, String key, int bytes, List<PeerExchange.Peer> added) {
    ByteBuffer list = list(entries, key, bytes);
    ByteBuffer flags =
        entries.string(key + ".f").map(BString::bytes).orElseGet(() -> ByteBuffer.allocate(0));
    for (int i = 0; i < PeerExchange.MAX_PEERS && list.hasRemaining(); i++) {
      int flag = flags.hasRemaining() ? flags.get() & 0xFF : 0;
      CompactAddresses.decode(list, bytes)
          .ifPresent(address -> added.add(new PeerExchange.Peer(address, flag)));
    }
  }

  private static void readDropped(
      BDictionary entries, String key, int bytes, List<InetSocketAddress> dropped) {
    ByteBuffer list = list(entries, key, bytes);
    for (int i = 0; i < PeerExchange.MAX_PEERS && list.hasRemaining(); i++) {
      CompactAddresses.decode(list, bytes).ifPresent(dropped::add);
    }
  }

  private static ByteBuffer list(BDictionary entries, String key, int bytes) {
    ByteBuffer list =
        entries.string(key).map(BString::bytes).orElseGet(() -> ByteBuffer.allocate(0));
    if (list.remaining() % bytes != 0) {
      throw new WireException("ut_pex " + key + " of " + list.remaining() + " bytes");
    }
    return list;
  }
}
