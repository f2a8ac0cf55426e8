package io.sluice.swarm;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.transport.PeerLink;
import io.sluice.wire.Handshake;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A session of 4,000 pieces with a reader in it: a block that comes, and what is asked for then. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PickerBench {

  private static final InfoHash TORRENT = InfoHash.of(new byte[20]);
  private static final int PIECES = 4000;
  private static final int BLOCKS = 16;
  private static final int BLOCK = PeerMessage.BLOCK_BYTES;

  @Param({"5", "50"})
  public int peers;

  private SwarmCore core = core(0);
  private long nowNanos;
  private final ByteBuffer bytes = ByteBuffer.allocate(BLOCK).asReadOnlyBuffer();
  private final ArrayDeque<Asked> asked = new ArrayDeque<>();

  private SwarmCore core(int peers) {
    SwarmCore made =
        new SwarmCore(
            TORRENT,
            PeerId.random(new Random(1)),
            SwarmLimits.DEFAULT,
            new Random(2),
            new SharedBounds(1L << 40, RateLimits.NONE, () -> nowNanos),
            6881);
    PieceGeometry geometry = new PieceGeometry((long) PIECES * BLOCKS * BLOCK, BLOCKS * BLOCK);
    made.step(
        new Event.MetadataKnown(geometry, ByteBuffer.wrap(new byte[100]), new BitSet(), false), 0);
    for (int peer = 0; peer < peers; peer++) {
      made.step(
          new Event.PeerJoined(
              peer,
              new Handshake(TORRENT, PeerId.random(new Random(100 + peer)), true, true, false),
              PeerLink.Kind.TCP,
              true,
              "peer " + peer,
              Optional.empty()),
          0);
      made.step(new Event.PeerSaid(peer, new PeerMessage.HaveAll()), 0);
      made.step(new Event.PeerSaid(peer, new PeerMessage.Unchoke()), 0);
    }
    return made;
  }

  /** A new session that fetches all, whose reader waits for the first piece. */
  @Setup(Level.Iteration)
  public void begin() {
    nowNanos = 0;
    asked.clear();
    core = core(peers);
    step(new Event.KeepWhole(true));
    step(new Event.ReaderOpened(0, 0, PIECES - 1));
    step(new Event.ReaderAsked(0, 0));
  }

  /** What is asked for waits in {@link #asked}; what is to be hashed is found intact. */
  private void step(Event event) {
    List<Integer> complete = new ArrayList<>();
    for (Effect effect : core.step(event, nowNanos)) {
      if (effect instanceof Effect.Send(int peer, PeerMessage.Request request)) {
        asked.add(new Asked(peer, request));
      } else if (effect instanceof Effect.Hash(int piece, _)) {
        complete.add(piece);
      }
    }
    for (int piece : complete) {
      step(new Event.Hashed(piece, true, Optional.empty()));
    }
  }

  private record Asked(int peer, PeerMessage.Request request) {}

  /** Time passes, and the picker looks at all peers and windows anew. */
  @Benchmark
  public Object lookAtAll() {
    nowNanos += 1_000_000;
    return core.step(new Event.ReaderMoved(0, (int) (nowNanos / 1_000_000 % 8)), nowNanos);
  }

  /** A block comes that was asked for, and others are asked for; 10 microseconds pass meanwhile. */
  @Benchmark
  public int block() {
    nowNanos += 10_000;
    Asked next = asked.poll();
    while (next == null) {
      nowNanos += 100_000_000;
      step(new Event.Tick());
      next = asked.poll();
      if (next == null) {
        begin(); // all is here
      }
    }
    PeerMessage.Request request = next.request();
    step(new Event.PeerSaid(next.peer(), new PeerMessage.Block(request.piece(), request.begin(), bytes)));
    return asked.size();
  }
}
