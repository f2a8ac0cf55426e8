package io.sluice.discovery.dht;

import io.sluice.wire.BString;
import io.sluice.wire.DhtCodec;
import io.sluice.wire.DhtMessage;
import io.sluice.wire.DhtQuery;
import io.sluice.wire.InfoHash;
import io.sluice.wire.NodeContact;
import io.sluice.wire.NodeId;
import io.sluice.wire.WireException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A node that does harm in one way, now and then enough of it to be noticed; it answers and asks
 * enough to get into others' tables.
 */
final class Liar implements SimNetwork.Host {

  enum Kind {
    /** Has another id in every answer. */
    WRONG_IDS,
    /** Sends noise for answers. */
    GARBAGE,
    /** Sends answers that are longer than allowed. */
    OVERSIZE,
    /** Tells of nodes next to the target that do not exist. */
    FALSE_NODES,
    /** Gives out false peers: private addresses and port 0. */
    FALSE_PEERS,
    /** Announces with tokens that it made up. */
    FORGED_TOKENS,
    /** Answers for others, with made-up transactions. */
    FORGED_ANSWERS
  }

  private static final long PAUSE = 2 * Nodes.SECOND;

  private final SimNetwork network;
  private final Kind kind;
  private final InetSocketAddress address;
  private final List<InetSocketAddress> victims;
  private final List<InfoHash> torrents;
  private final Random random;
  private final NodeId id;
  long misdeeds;

  Liar(
      SimNetwork network,
      Kind kind,
      InetSocketAddress address,
      List<InetSocketAddress> victims,
      List<InfoHash> torrents) {
    this.network = network;
    this.kind = kind;
    this.address = address;
    this.victims = victims;
    this.torrents = torrents;
    this.random = new Random(network.random.nextLong());
    this.id = NodeId.random(random);
  }

  Kind kind() {
    return kind;
  }

  @Override
  public void tick() {
    InetSocketAddress victim = victims.get(random.nextInt(victims.size()));
    InfoHash torrent = torrents.get(random.nextInt(torrents.size()));
    switch (kind) {
      case FORGED_TOKENS -> {
        misdeeds++;
        ask(victim, new DhtQuery.AnnouncePeer(torrent, 666, false, BString.of("forged!!")));
      }
      case FORGED_ANSWERS -> {
        misdeeds++;
        byte[] transaction = new byte[4];
        random.nextBytes(transaction);
        InetSocketAddress pretended = victims.get(random.nextInt(victims.size()));
        network.send(
            pretended, victim, DhtCodec.encode(response(BString.of(transaction), id, torrent)));
      }
      case WRONG_IDS, GARBAGE, OVERSIZE, FALSE_NODES, FALSE_PEERS ->
          ask(victim, new DhtQuery.Ping());
    }
    network.after(PAUSE, this::tick);
  }

  private void ask(InetSocketAddress victim, DhtQuery question) {
    byte[] transaction = new byte[4];
    random.nextBytes(transaction);
    network.send(
        address,
        victim,
        DhtCodec.encode(
            new DhtMessage.Query(BString.of(transaction), id, question, false, Optional.empty())));
  }

  @Override
  public void receive(InetSocketAddress from, ByteBuffer packet) {
    try {
      if (DhtCodec.decode(packet) instanceof DhtMessage.Query query) {
        answer(query, from);
      }
    } catch (WireException notForUs) {
      throw new AssertionError("honest nodes send no such packets", notForUs);
    }
  }

  private void answer(DhtMessage.Query query, InetSocketAddress to) {
    switch (query.question()) {
      case DhtQuery.Ping() when kind != Kind.WRONG_IDS ->
          network.send(address, to, DhtCodec.encode(Nodes.response(query, id)));
      case DhtQuery.GetPeers(InfoHash torrent, _) -> misbehave(query.transaction(), torrent, to);
      case DhtQuery.FindNode(NodeId target, _) ->
          misbehave(query.transaction(), InfoHash.of(target.bytes()), to);
      case DhtQuery.Ping() -> misbehave(query.transaction(), torrents.getFirst(), to);
      case DhtQuery.AnnouncePeer _, DhtQuery.Unknown _ -> {}
    }
  }

  private void misbehave(BString transaction, InfoHash torrent, InetSocketAddress to) {
    misdeeds++;
    NodeId shown = kind == Kind.WRONG_IDS ? NodeId.random(random) : id;
    switch (kind) {
      case GARBAGE -> {
        byte[] noise = new byte[1 + random.nextInt(1_400)];
        random.nextBytes(noise);
        network.send(address, to, ByteBuffer.wrap(noise));
      }
      case OVERSIZE -> {
        ByteBuffer good = DhtCodec.encode(response(transaction, shown, torrent));
        network.send(address, to, ByteBuffer.allocate(4_000).put(good).clear());
      }
      case WRONG_IDS, FALSE_NODES, FALSE_PEERS, FORGED_TOKENS, FORGED_ANSWERS ->
          network.send(address, to, DhtCodec.encode(response(transaction, shown, torrent)));
    }
  }

  private DhtMessage response(BString transaction, NodeId shown, InfoHash torrent) {
    List<NodeContact> nodes = new ArrayList<>();
    List<InetSocketAddress> peers = new ArrayList<>();
    if (kind == Kind.FALSE_NODES) {
      for (int i = 0; i < 20; i++) {
        NodeId near = NodeId.of(torrent).randomSharing(20 + random.nextInt(100), random);
        nodes.add(new NodeContact(near, network.newAddress()));
      }
    }
    if (kind == Kind.FALSE_PEERS) {
      peers.add(Nodes.at("192.168.1." + random.nextInt(256)));
      peers.add(Nodes.at("10.0.0." + random.nextInt(256)));
    }
    return new DhtMessage.Response(
        transaction,
        shown,
        nodes,
        peers,
        Optional.of(BString.of("token")),
        Optional.of(Nodes.at("66.66.66.66")),
        Optional.empty());
  }
}
