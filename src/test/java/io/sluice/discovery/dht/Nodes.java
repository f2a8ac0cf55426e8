package io.sluice.discovery.dht;

import io.sluice.wire.BString;
import io.sluice.wire.DhtCodec;
import io.sluice.wire.DhtMessage;
import io.sluice.wire.DhtQuery;
import io.sluice.wire.InfoHash;
import io.sluice.wire.NodeContact;
import io.sluice.wire.NodeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Ids, addresses and messages as the tests write them. */
final class Nodes {

  static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private Nodes() {}

  /** An id that begins with these hex digits, the rest zeros. */
  static NodeId id(String prefix) {
    return NodeId.of(HexFormat.of().parseHex(prefix + "0".repeat(40 - prefix.length())));
  }

  static InfoHash infoHash(Random random) {
    return InfoHash.of(NodeId.random(random).bytes());
  }

  static InetSocketAddress at(String ip) {
    return at(ip, 6881);
  }

  static InetSocketAddress at(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  static NodeContact node(String idPrefix, String ip) {
    return new NodeContact(id(idPrefix), at(ip));
  }

  static DhtMessage.Query query(NodeId sender, DhtQuery question) {
    return new DhtMessage.Query(BString.of("tt"), sender, question, false, Optional.empty());
  }

  static DhtMessage.Response response(DhtMessage query, NodeId sender, NodeContact... nodes) {
    return new DhtMessage.Response(
        query.transaction(),
        sender,
        List.of(nodes),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static ByteBuffer bytes(DhtMessage message) {
    return DhtCodec.encode(message);
  }
}
