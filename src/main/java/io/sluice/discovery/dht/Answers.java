package io.sluice.discovery.dht;

import io.sluice.wire.BString;
import io.sluice.wire.DhtMessage;
import io.sluice.wire.DhtQuery;
import io.sluice.wire.InfoHash;
import io.sluice.wire.NodeContact;
import io.sluice.wire.NodeId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Answers queries (BEP 5, 32): in one datagram of at most 1024 bytes each. Confined to the core.
 */
final class Answers {

  /** The longest datagram that BEP 32 allows us to send. */
  static final int MAX_BYTES = 1024;

  /** What an answer takes beside its nodes and peers, at most. */
  private static final int FRAME_BYTES = 210;

  private static final int NODE_BYTES = 26;
  private static final int NODE6_BYTES = 38;

  private final DhtSettings settings;
  private final Map<AddressFamily, DhtSide> sides;
  private final PeerStore store;
  private final Tokens tokens;
  private final RandomGenerator random;

  Answers(
      DhtSettings settings,
      Map<AddressFamily, DhtSide> sides,
      RandomGenerator random,
      long nowNanos) {
    this.settings = settings;
    this.sides = sides;
    this.random = random;
    this.store = new PeerStore(settings.limits().store());
    this.tokens = new Tokens(random, nowNanos);
  }

  PeerStore store() {
    return store;
  }

  /**
   * What a query gets.
   *
   * @param own our id in the network of the asker
   */
  DhtMessage answer(DhtMessage.Query query, InetSocketAddress from, NodeId own, long nowNanos) {
    Reply reply = new Reply(query.transaction(), own, from);
    return switch (query.question()) {
      case DhtQuery.Ping() -> reply.with(List.of(), List.of(), Optional.empty());
      case DhtQuery.FindNode(NodeId target, var want) ->
          reply.with(nodes(target, want, from, nowNanos), List.of(), Optional.empty());
      case DhtQuery.GetPeers(InfoHash infoHash, var want) -> {
        List<NodeContact> nodes = nodes(NodeId.of(infoHash), want, from, nowNanos);
        yield reply.with(
            nodes,
            peers(infoHash, nodes, from),
            Optional.of(tokens.issue(from.getAddress(), nowNanos)));
      }
      case DhtQuery.AnnouncePeer announce -> announced(announce, reply, nowNanos);
      case DhtQuery.Unknown _ -> reply.refusal(DhtMessage.Failure.METHOD_UNKNOWN, "Method Unknown");
    };
  }

  private DhtMessage announced(DhtQuery.AnnouncePeer announce, Reply reply, long nowNanos) {
    InetSocketAddress from = reply.to();
    if (!tokens.accepts(announce.token(), from.getAddress(), nowNanos)) {
      return reply.refusal(DhtMessage.Failure.PROTOCOL, "Bad Token");
    }
    int port = announce.impliedPort() ? from.getPort() : announce.port();
    InetSocketAddress peer = new InetSocketAddress(from.getAddress(), port);
    if (settings.policy().test(peer)) {
      store.add(announce.infoHash(), peer, nowNanos);
    }
    return reply.with(List.of(), List.of(), Optional.empty());
  }

  private List<NodeContact> nodes(
      NodeId target, DhtQuery.Want want, InetSocketAddress from, long nowNanos) {
    List<NodeContact> nodes = new ArrayList<>();
    sides.forEach(
        (family, side) -> {
          if (isWanted(family, want, from)) {
            int count = settings.limits().table().bucketNodes();
            nodes.addAll(side.table().nearestGood(target, count, nowNanos));
          }
        });
    return nodes;
  }

  private static boolean isWanted(
      AddressFamily family, DhtQuery.Want want, InetSocketAddress from) {
    if (want.equals(DhtQuery.Want.UNSAID)) {
      return family == AddressFamily.of(from);
    }
    return switch (family) {
      case IPV4 -> want.nodes();
      case IPV6 -> want.nodes6();
    };
  }

  private List<InetSocketAddress> peers(
      InfoHash infoHash, List<NodeContact> nodes, InetSocketAddress from) {
    int nodeBytes = nodes.stream().mapToInt(node -> node.isIpv4() ? NODE_BYTES : NODE6_BYTES).sum();
    AddressFamily family = AddressFamily.of(from);
    int max = Math.max(0, MAX_BYTES - FRAME_BYTES - nodeBytes) / family.valueBytes();
    return store.sample(infoHash, family, max, random);
  }

  /** What all answers to one query have in common. */
  private record Reply(BString transaction, NodeId own, InetSocketAddress to) {

    DhtMessage with(
        List<NodeContact> nodes, List<InetSocketAddress> values, Optional<BString> token) {
      return new DhtMessage.Response(
          transaction, own, nodes, values, token, Optional.of(to), DhtSettings.VERSION);
    }

    DhtMessage refusal(long code, String text) {
      return new DhtMessage.Failure(transaction, code, text, Optional.of(to), DhtSettings.VERSION);
    }
  }
}
