package io.sluice.cache;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.testing.TestTorrents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that is made to be killed: opens a disk tier, says what it found there, and then keeps,
 * evicts, reads and forgets pieces without end. Each line on standard output is one fact:
 *
 * <pre>
 * OPEN micros hashes reads    the tier is open; what that took, and what was read for it
 * HELD piece                  a piece of the pinned torrent is on disk, and is right
 * WRONG torrent piece         bytes that were given out are not the torrent's
 * READY                       all that was found has been said
 * GIVEN piece millis          a pinned piece was verified, at this time of the clock
 * FORGET                      the pinned torrent is about to be forgotten
 * PROBLEM text                the tier says that something is wrong
 * </pre>
 */
final class CrashingTier {

  static final int PIECE_BYTES = 16 * 1024;
  static final int PIECES = 600;

  private final byte[] pinnedBytes = bytes(1);
  private final byte[] cachedBytes = bytes(2);
  private final TorrentInfo pinned =
      TestTorrents.singleFile("pinned", pinnedBytes, PIECE_BYTES).info();
  private final TorrentInfo cached =
      TestTorrents.singleFile("cached", cachedBytes, PIECE_BYTES).info();
  private final Random random;
  private final DiskTier tier;
  private final Memory memory = new Memory();

  private CrashingTier(Path folder, long seed) {
    random = new Random(seed);
    // Room for the pinned torrent, and for a part of the other one: there is always eviction.
    DiskLimits limits =
        new DiskLimits(
            (PIECES + 150L) * PIECE_BYTES,
            0,
            64L * PIECE_BYTES,
            20L * PIECE_BYTES,
            Duration.ofMillis(100),
            Duration.ofMillis(50));
    long began = System.nanoTime();
    tier = DiskTier.open(folder, limits);
    DiskStats stats = tier.stats();
    say(
        "OPEN %d %d %d"
            .formatted(
                TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began),
                stats.hashes(),
                stats.reads()));
  }

  public static void main(String... args) {
    CrashingTier process = new CrashingTier(Path.of(args[0]), Long.parseLong(args[1]));
    process.run(args.length > 2 ? Integer.parseInt(args[2]) : Integer.MAX_VALUE);
  }

  private static byte[] bytes(int seed) {
    byte[] bytes = new byte[PIECES * PIECE_BYTES - 77];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** Holds pinned pieces for a while, as memory does. */
  private final class Memory implements PieceSource.Above {
    final Map<Integer, Boolean> holds = new ConcurrentHashMap<>();

    @Override
    public void lost(int piece) {}

    @Override
    public void returned(int piece) {}

    @Override
    public Optional<Piece> peek(int piece) {
      return holds.containsKey(piece)
          ? Optional.of(piece(pinnedBytes, pinned, piece))
          : Optional.empty();
    }
  }

  private static Piece piece(byte[] bytes, TorrentInfo info, int index) {
    Piece piece = Piece.allocate(info.geometry().bytesOf(index));
    piece.write(0, ByteBuffer.wrap(bytes, index * PIECE_BYTES, piece.length()));
    return piece;
  }

  /** Takes so many steps, and ends in order if it comes to that. */
  private void run(int steps) {
    PieceSource keep = tier.torrent(pinned);
    keep.attach(memory);
    PieceSource evict = tier.torrent(cached);
    evict.attach(PieceSource.Above.NONE);
    for (int piece = 0; piece < PIECES; piece++) {
      if (check(keep, pinned, pinnedBytes, piece)) {
        say("HELD " + piece);
      }
      check(evict, cached, cachedBytes, piece);
    }
    say("READY");
    tier.pin(pinned.infoHash(), true);
    for (int i = 0; i < steps; i++) {
      keep = step(keep, evict);
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(800)));
      tier.problem().ifPresent(problem -> say("PROBLEM " + problem));
    }
    tier.close();
  }

  /** Whether a piece is here and right. */
  private static boolean check(PieceSource source, TorrentInfo info, byte[] bytes, int index) {
    if (!source.has(index)) {
      return false;
    }
    try {
      Piece piece = source.load(index);
      boolean right =
          piece.bytes().equals(ByteBuffer.wrap(bytes, index * PIECE_BYTES, piece.length()));
      piece.release();
      if (!right) {
        say("WRONG " + info.name() + " " + index);
      }
      return right;
    } catch (IOException dropped) {
      return false;
    }
  }

  private PieceSource step(PieceSource keep, PieceSource evict) {
    int index = random.nextInt(PIECES);
    switch (random.nextInt(1000)) {
      case 0 -> {
        say("FORGET");
        memory.holds.clear();
        tier.forget(pinned.infoHash());
        PieceSource anew = tier.torrent(pinned);
        anew.attach(memory);
        tier.pin(pinned.infoHash(), true);
        return anew;
      }
      case 1 -> tier.forget(cached.infoHash());
      default -> {
        if (index % 3 == 0) {
          check(evict, cached, cachedBytes, index);
          check(keep, pinned, pinnedBytes, index);
        } else if (index % 3 == 1) {
          Piece piece = piece(cachedBytes, cached, index);
          evict.leaving(index, piece);
          piece.release();
        } else if (!keep.has(index - random.nextInt(3)) && !keep.has(index)) {
          Piece piece = piece(pinnedBytes, pinned, index);
          memory.holds.put(index, true);
          keep.arrived(index, piece);
          piece.release();
          say("GIVEN " + index + " " + System.currentTimeMillis());
        }
      }
    }
    return keep;
  }
}
