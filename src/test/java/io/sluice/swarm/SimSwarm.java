package io.sluice.swarm;

import static org.assertj.core.api.Assertions.fail;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.transport.PeerLink;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * A whole swarm around a real {@link SwarmCore} in virtual time: peers, readers, a store that
 * evicts, hashing that takes its time. The invariants are checked after every step.
 */
final class SimSwarm {

  private static final long SECOND = 1_000_000_000L;
  private static final boolean TRACE = Boolean.getBoolean("sluice.trace");
  private static final int BLOCK = PeerMessage.BLOCK_BYTES;
  private static final ByteBuffer GOOD = ByteBuffer.allocateDirect(2 * BLOCK).asReadOnlyBuffer();
  private static final ByteBuffer BAD = filled();

  private static ByteBuffer filled() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(2 * BLOCK);
    while (bytes.hasRemaining()) {
      bytes.put((byte) 1);
    }
    return bytes.flip().asReadOnlyBuffer();
  }

  final SimClock clock = new SimClock();
  final Random random;
  final InfoHash infoHash = InfoHash.of(new byte[20]);
  final PieceGeometry geometry;
  final byte[] rawInfo;
  final SwarmLimits limits;
  final SwarmCore core;
  final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
  final Set<PeerId> bannedForData = new HashSet<>();
  int steps;
  int piecesRead;
  int evictions;
  int cancels;
  int askedAgain;
  int blocksServed;
  int restored;
  int bridged;
  int calls;
  int exchanges;
  int peersFound;
  boolean privateTorrent;
  final SharedBounds shared = new SharedBounds(1L << 40, RateLimits.NONE, clock::nowNanos);
  final Set<Integer> retained = new HashSet<>();
  private final Map<Integer, SimPeer> peers = new LinkedHashMap<>();
  private final Map<Integer, SimReader> readers = new LinkedHashMap<>();
  private final List<IntConsumer> viewers = new ArrayList<>();
  private final BitSet store = new BitSet();
  private final int storePieces;
  private final Map<Integer, BitSet> making = new HashMap<>();
  private final Map<Integer, BitSet> badBlocks = new HashMap<>();
  private final Set<Integer> joinedKnowing = new HashSet<>();
  private boolean known;
  private boolean stepping;
  private long anchorSinceNanos = Long.MAX_VALUE;
  private int nextKey;
  private long tickAtNanos = SwarmCore.NEVER;

  SimSwarm(Random random, PieceGeometry geometry, int storePieces, SwarmLimits limits) {
    this.random = random;
    this.geometry = geometry;
    this.storePieces = storePieces;
    this.limits = limits.within((long) storePieces * geometry.pieceBytes());
    rawInfo = new byte[1 + random.nextInt(50_000)];
    random.nextBytes(rawInfo);
    core =
        new SwarmCore(
            infoHash,
            PeerId.random(random),
            this.limits,
            new Random(random.nextLong()),
            shared,
            6881);
  }

  /** The metadata is known, and some pieces are here. */
  void know(BitSet held) {
    store.or(held);
    known = true;
    ByteBuffer raw = ByteBuffer.wrap(rawInfo).asReadOnlyBuffer();
    feed(new Event.MetadataKnown(geometry, raw, held, privateTorrent));
  }

  boolean metadataKnownAtJoin(int peer) {
    return joinedKnowing.contains(peer);
  }

  void fired(Fault fault) {
    fired.merge(fault, 1, Integer::sum);
  }

  /** A buffer of a block's right length, of right or wrong bytes. */
  ByteBuffer bytes(int piece, int begin, boolean good) {
    int length = geometry.blockBytes(piece, begin / BLOCK);
    return (good ? GOOD : BAD).slice(0, length);
  }

  ByteBuffer someBytes(int length) {
    return GOOD.slice(0, length);
  }

  boolean stored(int piece) {
    return store.get(piece);
  }

  /** An address that belongs to one peer. */
  static InetSocketAddress address(int peer, int port) {
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(new byte[] {10, 1, (byte) (peer >> 8), (byte) peer}), port);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** A peer is told of an address: somebody connected, reachable over TCP, and not itself. */
  void checkExchanged(int told, InetSocketAddress address) {
    if (peers.values().stream().noneMatch(peer -> peer.key != told && peer.listensAt(address))) {
      fail("peer %d is told of %s", told, address);
    }
  }

  /** A peer of random proportions. */
  SimPeer add(Set<Fault> faults, double part) {
    PeerLink.Kind kind = random.nextBoolean() ? PeerLink.Kind.TCP : PeerLink.Kind.WEBRTC;
    return add(faults, part, SimPeer.Line.random(random), kind, random.nextInt(3) == 0);
  }

  SimPeer add(Set<Fault> faults, double part, SimPeer.Line line) {
    return add(faults, part, line, PeerLink.Kind.MEMORY, false);
  }

  SimPeer add(
      Set<Fault> faults, double part, SimPeer.Line line, PeerLink.Kind kind, boolean leech) {
    SimPeer peer = new SimPeer(this, nextKey++, PeerId.random(random), faults, line);
    for (int piece = 0; piece < geometry.pieces(); piece++) {
      peer.has.set(piece, random.nextDouble() < part);
    }
    peer.kind = kind;
    peer.leech = leech ? new SimLeech(this) : null;
    peers.put(peer.key, peer);
    if (known) {
      joinedKnowing.add(peer.key);
    }
    peer.join();
    return peer;
  }

  /** From now on an honest, fast peer with all pieces is here for good. */
  void addAnchor() {
    peers.values().stream().filter(peer -> peer.connected).findAny().ifPresent(SimPeer::depart);
    PeerLink.Kind kind = random.nextBoolean() ? PeerLink.Kind.TCP : PeerLink.Kind.WEBRTC;
    SimPeer anchor =
        add(EnumSet.noneOf(Fault.class), 1, new SimPeer.Line(2_000_000, 20, true), kind, false);
    if (!anchor.connected) {
      fail("no room for an honest peer");
    }
    anchorSinceNanos = clock.nowNanos();
  }

  /** Everybody leaves who is here. */
  void departAll() {
    List.copyOf(peers.values()).stream().filter(peer -> peer.connected).forEach(SimPeer::depart);
  }

  void comeBackLater(SimPeer gone) {
    clock.after(random.nextInt(10) * SECOND, () -> add(gone.faults, random.nextDouble()));
  }

  void addReader() {
    if (known) {
      SimReader reader = new SimReader(this, nextKey++);
      readers.put(reader.key, reader);
      reader.start();
    }
  }

  /** Begins to read pieces, one after the other and without a rest. */
  SimStream stream(int first, int last) {
    SimStream stream = new SimStream(this, nextKey++, first, last);
    viewers.add(stream::arrived);
    stream.start();
    return stream;
  }

  /** Begins to play a film of so many bytes a second, from a piece on. */
  SimPlayer play(int first, long bytesPerSecond) {
    SimPlayer player = new SimPlayer(this, nextKey++, first, geometry.pieces() - 1, bytesPerSecond);
    viewers.add(player::arrived);
    player.start();
    return player;
  }

  void run(long nanos) {
    long until = clock.nowNanos() + nanos;
    while (clock.runNext(until)) {
      Thread.onSpinWait();
    }
  }

  /** Readers come and give up, pieces are evicted, and all is looked at, again and again. */
  void live() {
    clock.after(
        random.nextInt(1_000_000_000),
        () -> {
          if (random.nextInt(4) == 0 && readers.values().stream().filter(r -> r.open).count() < 6) {
            addReader();
          }
          List<SimReader> open = new ArrayList<>(readers.values());
          open.removeIf(reader -> !reader.open);
          if (!open.isEmpty() && random.nextInt(10) == 0) {
            open.get(random.nextInt(open.size())).giveUp();
          }
          if (random.nextInt(5) == 0) {
            evictOne(-1);
          }
          if (random.nextInt(60) == 0) {
            feed(new Event.KeepWhole(random.nextInt(3) == 0));
          }
          check();
          live();
        });
  }

  void check() {
    readers.values().forEach(reader -> reader.checkServed(anchorSinceNanos));
    peers.values().forEach(SimPeer::checkAnswered);
  }

  private void evictOne(int spared) {
    List<Integer> held = store.stream().boxed().filter(piece -> piece != spared).toList();
    if (!held.isEmpty()) {
      int piece = held.get(random.nextInt(held.size()));
      store.clear(piece);
      evictions++;
      clock.after(random.nextInt(5_000_000), () -> feed(new Event.Evicted(piece)));
    }
  }

  /** Steps the core and does what it says. */
  void feed(Event event) {
    if (stepping) {
      clock.after(0, () -> feed(event));
      return;
    }
    stepping = true;
    trace("", event);
    steps++;
    List<Effect> effects = core.step(event, clock.nowNanos());
    Invariants.check(core, limits);
    effects.forEach(this::run);
    stepping = false;
    scheduleTick();
  }

  /** With {@code -Dsluice.trace=true} all that happens is printed, for one seed at a time. */
  private void trace(String whom, Object what) {
    if (TRACE) {
      System.out.println(clock.nowNanos() / 1_000_000 + " ms " + whom + " " + what);
    }
  }

  private void scheduleTick() {
    long next = core.nextTickNanos();
    if (next != SwarmCore.NEVER && (next < tickAtNanos || tickAtNanos <= clock.nowNanos())) {
      tickAtNanos = next;
      clock.after(
          next - clock.nowNanos(),
          () -> {
            if (core.nextTickNanos() <= clock.nowNanos()) {
              feed(new Event.Tick());
            } else {
              scheduleTick();
            }
          });
    }
  }

  private void run(Effect effect) {
    switch (effect) {
      case Effect.Send(int peer, PeerMessage message) -> sent(peer, message);
      case Effect.Close(int peer, String reason) -> closed(peer, reason);
      case Effect.Serve serve -> serve(serve);
      case Effect.Write(int piece, int begin, ByteBuffer bytes) -> write(piece, begin, bytes);
      case Effect.Hash hash -> hash(hash);
      case Effect.Keep(int piece) -> keep(piece);
      case Effect.Retain(int piece) -> retain(piece);
      case Effect.Restore(int piece) -> restore(piece);
      case Effect.Release(int piece) -> {
        if (!retained.remove(piece)) {
          fail("piece %d was released and not retained", piece);
        }
      }
      case Effect.Discard(int piece) -> {
        making.remove(piece);
        badBlocks.remove(piece);
      }
      case Effect.CheckMetadata(ByteBuffer raw) -> {
        byte[] bytes = new byte[raw.remaining()];
        raw.duplicate().get(bytes);
        clock.after(
            1_000_000,
            () -> {
              if (Arrays.equals(bytes, rawInfo)) {
                know(new BitSet());
              } else {
                feed(new Event.MetadataWrong());
              }
            });
      }
      case Effect.PeersFound(List<InetSocketAddress> found) -> {
        if (found.isEmpty() || found.size() > 100 || (privateTorrent && known)) {
          fail("%d peers were found", found.size());
        }
        peersFound += found.size();
      }
      case Effect.NeedPeers _ -> calls++;
      case Effect.Completed _ -> {}
    }
  }

  private void sent(int key, PeerMessage message) {
    trace("-> " + key, message);
    SimPeer peer = peers.get(key);
    if (message instanceof PeerMessage.Cancel) {
      cancels++;
    }
    if (message instanceof PeerMessage.Request request) {
      checkReadersFirst(key, request);
      checkAskedAgain(request);
    }
    if (peer != null && peer.connected) {
      peer.sent(message);
    }
  }

  /** Nothing is fetched for others from a peer that has what a reader waits for. */
  private void checkReadersFirst(int key, PeerMessage.Request request) {
    Content content = core.content().orElseThrow();
    if (!content.bridge().only(request.piece())) {
      return;
    }
    bridged++;
    PeerState peer = core.peerTable().find(key);
    for (ReaderWindow window : content.windows().all()) {
      for (ReaderWindow.Ask ask : window.asks()) {
        if (peer != null && peer.pieces.has(ask.piece()) && !content.ledger().held(ask.piece())) {
          fail("%s for others while a reader waits for %d", request, ask.piece());
        }
      }
    }
  }

  /** A second peer is asked for a block only when a reader comes to it within seconds. */
  private void checkAskedAgain(PeerMessage.Request request) {
    Content content = core.content().orElseThrow();
    Assembly assembly = content.assemblies().find(request.piece());
    if (assembly == null || assembly.askedOf(request.begin() / BLOCK) < 2) {
      return;
    }
    askedAgain++;
    Windows windows = content.windows();
    if (!windows.waitedFor(clock.nowNanos()).get(request.piece())
        && !windows.dueWithin(2 * SECOND).get(request.piece())) {
      fail("%s was asked again, and nobody needs it soon", request);
    }
  }

  private void closed(int key, String reason) {
    SimPeer peer = peers.get(key);
    if (peer == null) {
      return;
    }
    boolean fault = !peer.faults.isEmpty();
    boolean excused = reason.equals("too many peers") || reason.equals("of no use to either side");
    if (!fault && !excused) {
      fail("an honest peer was closed: %s", reason);
    }
    if (reason.contains("bad data") || reason.contains("false metadata")) {
      boolean liar =
          peer.faults.contains(Fault.BAD_DATA)
              || peer.faults.contains(Fault.FALSE_METADATA)
              || peer.faults.contains(Fault.UNASKED);
      if (!liar) {
        fail("%s was blamed for %s", peer.faults, reason);
      }
      bannedForData.add(peer.id);
    }
    peer.connected = false;
    if (fault && random.nextInt(3) > 0) {
      comeBackLater(peer);
    }
  }

  private void serve(Effect.Serve serve) {
    SimPeer peer = peers.get(serve.peer());
    int wanted = serve.request().piece();
    boolean here = store.get(wanted) || retained.contains(wanted);
    boolean busy = random.nextInt(10) == 0;
    Event.Served.Outcome outcome =
        busy
            ? Event.Served.Outcome.BUSY
            : here ? Event.Served.Outcome.SENT : Event.Served.Outcome.GONE;
    clock.after(
        random.nextInt(20_000_000),
        () -> {
          if (peer != null && peer.connected) {
            if (outcome == Event.Served.Outcome.SENT) {
              blocksServed++;
              peer.served(serve.request());
            }
            boolean writable = !busy && random.nextInt(4) > 0;
            feed(new Event.Served(serve.peer(), serve.request(), outcome, writable));
            if (!writable) {
              clock.after(
                  random.nextInt(300_000_000), () -> feed(new Event.PeerWritable(serve.peer())));
            }
          }
        });
  }

  private void write(int piece, int begin, ByteBuffer bytes) {
    BitSet blocks = making.computeIfAbsent(piece, _ -> new BitSet());
    int block = begin / BLOCK;
    if (bytes.remaining() != geometry.blockBytes(piece, block) || blocks.get(block)) {
      fail("block %d of piece %d was written twice or has a wrong length", block, piece);
    }
    blocks.set(block);
    badBlocks.computeIfAbsent(piece, _ -> new BitSet()).set(block, bytes.get(0) != 0);
  }

  private void hash(Effect.Hash hash) {
    int piece = hash.piece();
    BitSet blocks = making.getOrDefault(piece, new BitSet());
    if (blocks.cardinality() != geometry.blocksOf(piece)) {
      fail("piece %d was hashed with %s", piece, blocks);
    }
    BitSet bad = badBlocks.getOrDefault(piece, new BitSet());
    boolean intact = bad.isEmpty();
    BlockDigests digests = new BlockDigests(geometry.blocksOf(piece));
    for (int block = 0; block < geometry.blocksOf(piece); block++) {
      byte[] sha1 = new byte[20];
      sha1[0] = (byte) (bad.get(block) ? 1 : 0);
      digests.set(block, sha1);
    }
    Event.Hashed hashed =
        new Event.Hashed(
            piece, intact, intact && !hash.digests() ? Optional.empty() : Optional.of(digests));
    clock.after(random.nextInt(10_000_000), () -> feed(hashed));
  }

  private void retain(int piece) {
    if (!making.containsKey(piece) || !retained.add(piece)) {
      fail("piece %d was retained twice, or is not here", piece);
    }
  }

  /** A retained piece goes back into the store. */
  private void restore(int piece) {
    if (!retained.contains(piece)) {
      fail("piece %d was restored and not retained", piece);
    }
    restored++;
    store(piece);
  }

  private void keep(int piece) {
    if (!badBlocks.getOrDefault(piece, new BitSet()).isEmpty()) {
      fail("a bad piece was kept");
    }
    making.remove(piece);
    badBlocks.remove(piece);
    store(piece);
  }

  private void store(int piece) {
    store.set(piece);
    readers.values().forEach(reader -> reader.arrived(piece));
    viewers.forEach(viewer -> viewer.accept(piece));
    while (store.cardinality() > storePieces) {
      evictOne(piece);
    }
  }

  /** Peers that are connected as far as the core knows. */
  int connected() {
    return core.peerTable().count();
  }
}
