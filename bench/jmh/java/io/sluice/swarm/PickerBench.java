package io.sluice.swarm;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.transport.PeerLink;
import io.sluice.wire.Handshake;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
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
  private int[] asked = new int[0];
  private int at;

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

  /** A new session, whose reader waits for the first piece; what was asked for is the work. */
  @Setup(Level.Iteration)
  public void begin() {
    nowNanos = 0;
    core = core(peers);
    core.step(new Event.ReaderOpened(0, 0, PIECES - 1, false), nowNanos);
    List<Effect> effects = core.step(new Event.ReaderAsked(0, 0), nowNanos);
    asked =
        effects.stream()
            .filter(Effect.Send.class::isInstance)
            .map(Effect.Send.class::cast)
            .filter(send -> send.message() instanceof PeerMessage.Request)
            .flatMapToInt(
                send ->
                    java.util.stream.IntStream.of(
                        send.peer(),
                        ((PeerMessage.Request) send.message()).piece(),
                        ((PeerMessage.Request) send.message()).begin()))
            .toArray();
    at = 0;
  }

  /** Time passes, and the picker looks at all peers and windows anew. */
  @Benchmark
  public Object lookAtAll() {
    nowNanos += 1_000_000;
    return core.step(new Event.ReaderMoved(0, (int) (nowNanos / 1_000_000 % 8)), nowNanos);
  }

  /** A block that was asked for, or one that comes twice. */
  @Benchmark
  public Object block() {
    nowNanos += 10_000;
    if (asked.length == 0) {
      throw new IllegalStateException("nothing was asked for");
    }
    int i = at;
    at = (at + 3) % asked.length;
    return core.step(
        new Event.PeerSaid(asked[i], new PeerMessage.Block(asked[i + 1], asked[i + 2], bytes)),
        nowNanos);
  }
}
