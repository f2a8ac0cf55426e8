package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.testing.TestTorrents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk tier on real files, with a disk under it that fails when told to, and what it is given.
 */
abstract class DiskTierSetting {

  static final int PIECE = 16 * 1024;
  static final int PIECES = 40;
  static final byte[] BYTES = bytes(PIECES * PIECE - 100, 1);
  static final byte[] OTHER_BYTES = bytes(10 * PIECE, 2);
  static final TorrentInfo INFO = TestTorrents.singleFile("a.bin", BYTES, PIECE).info();
  static final TorrentInfo OTHER = TestTorrents.singleFile("b.bin", OTHER_BYTES, PIECE).info();

  @TempDir Path temp;
  final FaultyDisk disk = new FaultyDisk();
  private long liveBytes;

  @BeforeEach
  void count() {
    liveBytes = Piece.liveBytes();
  }

  @AfterEach
  void nothingIsLeaked() {
    assertThat(Piece.liveBytes()).isEqualTo(liveBytes);
    assertThat(disk.open()).as("files to send from").isZero();
  }

  static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static DiskLimits limits(int pieces) {
    return new DiskLimits(
        (long) pieces * PIECE, 0, 8 * PIECE, 0, Duration.ofMillis(50), Duration.ofMillis(20));
  }

  Path root() {
    return temp.resolve("pieces");
  }

  DiskTier open(int pieces) {
    return DiskTier.open(root(), limits(pieces), disk, System::nanoTime);
  }

  static Piece piece(byte[] bytes, int index) {
    int from = index * PIECE;
    int to = Math.min(bytes.length, from + PIECE);
    Piece piece = Piece.allocate(to - from);
    piece.write(0, ByteBuffer.wrap(bytes, from, to - from));
    return piece;
  }

  static void give(PieceSource source, byte[] bytes, int... pieces) {
    for (int index : pieces) {
      Piece piece = piece(bytes, index);
      source.leaving(index, piece);
      piece.release();
    }
  }

  /** Loads a piece and compares it with what it must be. */
  static void assertLoads(PieceSource source, byte[] bytes, int index) throws IOException {
    Piece piece = source.load(index);
    try {
      byte[] got = new byte[piece.length()];
      piece.bytes().get(got);
      int from = index * PIECE;
      assertThat(got).isEqualTo(Arrays.copyOfRange(bytes, from, from + got.length));
    } finally {
      piece.release();
    }
  }

  static void awaitWritten(DiskTier tier, long writes) {
    Awaitility.await("pieces are written").until(() -> tier.stats().writes() >= writes);
  }

  /** Memory that holds what it is told to, and remembers what it is told. */
  static final class Memory implements PieceSource.Above {
    final Map<Integer, byte[]> holds = new ConcurrentHashMap<>();
    final ConcurrentLinkedQueue<Integer> lost = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Integer> returned = new ConcurrentLinkedQueue<>();

    @Override
    public void lost(int piece) {
      lost.add(piece);
    }

    @Override
    public void returned(int piece) {
      returned.add(piece);
    }

    @Override
    public Optional<Piece> peek(int piece) {
      return Optional.ofNullable(holds.get(piece)).map(bytes -> piece(bytes, piece));
    }
  }

  long onDisk() throws IOException {
    long[] sum = new long[1];
    Files.walkFileTree(
        root(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum[0] += root().equals(file.getParent()) ? 0 : attributes.size();
            return FileVisitResult.CONTINUE;
          }
        });
    return sum[0];
  }

  static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }
}
