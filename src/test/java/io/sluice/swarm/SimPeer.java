package io.sluice.swarm;

import static org.assertj.core.api.Assertions.fail;

import io.sluice.transport.PeerLink;
import io.sluice.wire.ExtendedHandshake;
import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.Handshake;
import io.sluice.wire.MetadataMessage;
import io.sluice.wire.PeerExchange;
import io.sluice.wire.PeerExchangeCodec;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessage.Request;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A remote peer in virtual time: a bandwidth, a latency, some pieces, and perhaps faults. It checks
 * that what it is sent is what a strict peer accepts.
 */
final class SimPeer {

  private static final long SECOND = 1_000_000_000L;
  static final int METADATA_ID = 7;
  static final int DONT_HAVE_ID = 9;
  static final int PEX_ID = 11;

  final int key;
  final PeerId id;
  final Set<Fault> faults;
  final boolean fast;
  final boolean extensions;
  private final boolean plain;

  private final SimSwarm swarm;
  private final SimClock clock;
  private final Random random;
  private final long latencyNanos;
  private final SimUpload upload;
  private final SimDownload download;
  private final SimMetadata metadata;

  /** Where it is; it listens there if we dialled it, else at a port of its own. */
  final InetSocketAddress address;

  private final boolean initiatedThere;
  private final int listenPort;
  private int theirPexId;

  PeerLink.Kind kind = PeerLink.Kind.MEMORY;

  /** Set when it wants the whole torrent and takes it from us. */
  @Nullable SimLeech leech;

  /** What it really has. */
  final BitSet has = new BitSet();

  private long saidNanos;
  private boolean wanted;
  boolean connected = true;
  private final SimRecord record;

  /**
   * How good a peer's connection is.
   *
   * @param plain whether it speaks all extensions, as most peers do
   * @param bare whether it speaks none
   */
  record Line(long bytesPerSecond, long latencyMillis, boolean plain, boolean bare) {
    Line(long bytesPerSecond, long latencyMillis, boolean plain) {
      this(bytesPerSecond, latencyMillis, plain, false);
    }

    static Line bare(long bytesPerSecond, long latencyMillis) {
      return new Line(bytesPerSecond, latencyMillis, false, true);
    }

    static Line random(Random random) {
      return new Line(20_000 + random.nextInt(1_500_000), 1 + random.nextInt(150), false);
    }
  }

  SimPeer(SimSwarm swarm, int key, PeerId id, Set<Fault> faults, Line line) {
    this.swarm = swarm;
    this.key = key;
    this.id = id;
    this.faults = faults;
    clock = swarm.clock;
    random = swarm.random;
    fast = line.plain || (!line.bare && random.nextInt(4) > 0);
    extensions = line.plain || (!line.bare && random.nextInt(5) > 0);
    plain = line.plain;
    upload = new SimUpload(this, swarm, random.nextBoolean(), line.bytesPerSecond);
    download = new SimDownload(this, swarm);
    metadata = new SimMetadata(this, swarm);
    latencyNanos = line.latencyMillis * 1_000_000L;
    address = SimSwarm.address(key, 40_000);
    initiatedThere = random.nextBoolean();
    listenPort = random.nextBoolean() ? 6881 : 0;
    record = new SimRecord(this, swarm);
  }

  boolean honest() {
    return faults.isEmpty();
  }

  /** Whether it commits a fault that it may commit, now and then. */
  boolean does(Fault fault, int oneIn) {
    if (faults.contains(fault) && random.nextInt(oneIn) == 0) {
      swarm.fired(fault);
      return true;
    }
    return false;
  }

  void join() {
    swarm.feed(
        new Event.PeerJoined(
            key,
            new Handshake(swarm.infoHash, id, extensions, fast, false),
            kind,
            initiatedThere,
            "sim:" + key,
            Optional.of(address)));
    if (connected) {
      begin();
    }
  }

  private void begin() {
    BitSet claims = (BitSet) has.clone();
    if (faults.contains(Fault.LIE)) {
      claims.set(0, swarm.geometry.pieces());
    }
    if (does(Fault.WRONG_LENGTH, 6)) {
      say(new PeerMessage.Bitfield(ByteBuffer.allocate(swarm.geometry.pieces() / 8 + 9)));
    } else if (fast && claims.cardinality() == swarm.geometry.pieces() && random.nextBoolean()) {
      say(new PeerMessage.HaveAll());
    } else if (fast && claims.isEmpty()) {
      say(new PeerMessage.HaveNone());
    } else {
      say(new PeerMessage.Bitfield(PeerPieces.encode(claims, swarm.geometry.pieces())));
    }
    if (extensions) {
      say(new PeerMessage.Extended(0, ExtensionCodec.encode(handshake())));
    }
    if (leech == null && has.cardinality() < swarm.geometry.pieces()) {
      say(new PeerMessage.Interested());
    }
    live();
  }

  private ExtendedHandshake handshake() {
    int metadataBytes = swarm.rawInfo.length;
    if (faults.contains(Fault.FALSE_METADATA) && random.nextBoolean()) {
      swarm.fired(Fault.FALSE_METADATA);
      metadataBytes += 20_000;
    }
    return new ExtendedHandshake(
        Map.of(
            ExtendedHandshake.UT_METADATA, METADATA_ID,
            ExtendedHandshake.LT_DONTHAVE, DONT_HAVE_ID,
            ExtendedHandshake.UT_PEX, PEX_ID),
        has.isEmpty() && random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(metadataBytes),
        listenPort == 0 ? OptionalInt.empty() : OptionalInt.of(listenPort),
        Optional.of("sim"),
        OptionalInt.of(plain ? 500 : 50 + random.nextInt(300)));
  }

  /** Does something of its own accord every now and then. */
  private void live() {
    clock.after(
        (long) (random.nextDouble() * 4 * SECOND),
        () -> {
          if (connected) {
            act();
            live();
          }
        });
  }

  private void act() {
    int pieces = swarm.geometry.pieces();
    if (does(Fault.STALL, 8)) {
      stall((1 + random.nextInt(40)) * SECOND);
    }
    if (does(Fault.CHOKE, 2)) {
      choke(!upload.choking());
    }
    if (does(Fault.GARBAGE, 10)) {
      say(new PeerMessage.Have(random.nextBoolean() ? pieces : Integer.MAX_VALUE));
    }
    if (does(Fault.UNASKED, 3)) {
      int piece = random.nextInt(pieces);
      say(new PeerMessage.Block(piece, 0, swarm.bytes(piece, 0, random.nextBoolean())));
    }
    if (does(Fault.WRONG_LENGTH, 12)) {
      say(new PeerMessage.Block(0, 0, swarm.someBytes(1 + random.nextInt(10_000))));
    }
    if (does(Fault.GREED, 2)) {
      greed(pieces);
    }
    if (does(Fault.FORGET, 4) && extensions) {
      int piece = random.nextInt(pieces);
      has.clear(piece);
      say(
          new PeerMessage.Extended(
              Extensions.OUR_DONT_HAVE_ID, ExtensionCodec.encodeDontHave(piece)));
    }
    if (theirPexId > 0 && (does(Fault.FLOOD, 2) || random.nextInt(40) == 0)) {
      say(new PeerMessage.Extended(theirPexId, exchange()));
    }
    if (does(Fault.LEAVE, 12)) {
      leave();
      return;
    }
    learn(pieces);
    download.download();
    if (clock.nowNanos() - saidNanos > 50 * SECOND) {
      say(new PeerMessage.KeepAlive());
    }
  }

  private ByteBuffer exchange() {
    List<PeerExchange.Peer> added = new ArrayList<>();
    for (int i = random.nextInt(60); i > 0; i--) {
      added.add(new PeerExchange.Peer(SimSwarm.address(random.nextInt(10_000), 6881), 0));
    }
    return PeerExchangeCodec.encode(new PeerExchange(added, List.of()));
  }

  private void greed(int pieces) {
    switch (random.nextInt(4)) {
      case 0 -> say(new PeerMessage.Request(0, 0, 1 << 20));
      case 1 -> download.ask(new Request(pieces + 3, 0, 16_384));
      case 2 -> download.ask(new Request(random.nextInt(pieces), 0, 100));
      default -> {
        for (int i = 0; i < 150; i++) {
          download.ask(new Request(random.nextInt(pieces), 0, 1 + i));
        }
      }
    }
  }

  /** A leecher gets pieces elsewhere and says so. */
  private void learn(int pieces) {
    if (leech != null) {
      leech.fromMates(has).ifPresent(this::gain);
      return;
    }
    if (!has.isEmpty() || random.nextInt(3) == 0) {
      int piece = random.nextInt(pieces);
      if (!has.get(piece) && random.nextInt(3) == 0) {
        has.set(piece);
        say(new PeerMessage.Have(piece));
      }
    }
  }

  /** Says that it has a piece. */
  void announce(int piece) {
    say(new PeerMessage.Have(piece));
  }

  /** Has got a piece, and says so. */
  void gain(int piece) {
    has.set(piece);
    say(new PeerMessage.Have(piece));
  }

  /** Sends nothing for so long. */
  void stall(long nanos) {
    upload.stall(nanos);
  }

  void choke(boolean on) {
    upload.choke(on);
  }

  /** How many blocks it has sent that it had sent before. */
  int sentAgain() {
    return upload.sentAgain();
  }

  /** From now on it answers nothing, and says nothing either. */
  void die() {
    upload.die();
  }

  /** Leaves for good, at once. */
  void depart() {
    connected = false;
    upload.leave();
    swarm.feed(new Event.PeerGone(key));
  }

  private void leave() {
    connected = false;
    upload.leave();
    clock.after(latencyNanos, () -> swarm.feed(new Event.PeerGone(key)));
    swarm.comeBackLater(this);
  }

  /** Lets a message arrive at the core, in order. */
  void say(PeerMessage message) {
    saidNanos = clock.nowNanos();
    clock.after(
        latencyNanos,
        () -> {
          if (connected) {
            record.heard(message);
            swarm.feed(new Event.PeerSaid(key, message));
          }
        });
  }

  /** The core sends a message, which arrives later. */
  void sent(PeerMessage message) {
    if (!connected) {
      fail("%s was sent to a peer that has left", message);
    }
    record.checkSent(message);
    clock.after(
        latencyNanos,
        () -> {
          if (connected) {
            receive(message);
          }
        });
  }

  /** Whether others can dial it there. */
  boolean listensAt(InetSocketAddress where) {
    return kind == PeerLink.Kind.TCP
        && where.equals(initiatedThere ? address : SimSwarm.address(key, listenPort));
  }

  private void receive(PeerMessage message) {
    switch (message) {
      case PeerMessage.Interested() -> {
        wanted = true;
        if (upload.choking() && !faults.contains(Fault.CHOKE)) {
          choke(false);
        }
      }
      case PeerMessage.NotInterested() -> wanted = false;
      case PeerMessage.Choke() -> download.choked();
      case PeerMessage.Unchoke() -> download.unchoked();
      case PeerMessage.Have(int piece) -> download.has(piece);
      case PeerMessage.Bitfield(ByteBuffer bits) -> download.has(bits);
      case Request request -> upload.requested(request);
      case PeerMessage.Cancel(int piece, int begin, int length) ->
          upload.cancelled(new Request(piece, begin, length));
      case PeerMessage.RejectRequest(int piece, int begin, int length) ->
          download.answered(new Request(piece, begin, length));
      case PeerMessage.Extended(int extension, ByteBuffer payload) -> extended(extension, payload);
      default -> {}
    }
  }

  private void extended(int extension, ByteBuffer payload) {
    switch (extension) {
      case 0 -> {
        Map<String, Integer> ids = ExtensionCodec.decodeHandshake(payload).ids();
        metadata.theirId(ids.getOrDefault(ExtendedHandshake.UT_METADATA, 0));
        theirPexId = ids.getOrDefault(ExtendedHandshake.UT_PEX, theirPexId);
      }
      case PEX_ID -> {}
      case METADATA_ID -> {
        if (ExtensionCodec.decodeMetadata(payload) instanceof MetadataMessage.Request(int chunk)) {
          metadata.requested(chunk);
        }
      }
      case DONT_HAVE_ID -> download.hasNot(ExtensionCodec.decodeDontHave(payload));
      default -> fail("an extension %d", extension);
    }
  }

  /** The core has a block sent to this peer. */
  void served(Request request) {
    clock.after(latencyNanos, () -> download.received(request));
  }

  /** Every request has been answered lately, or is young. */
  void checkAnswered() {
    download.checkAnswered();
  }

  /** Whether it can and will give a piece now. */
  boolean gives(int piece) {
    return connected && wanted && !upload.choking() && has.get(piece);
  }
}
