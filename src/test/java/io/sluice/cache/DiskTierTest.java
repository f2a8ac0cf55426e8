package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.testing.TestTorrents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the disk tier promises, with real files and injected faults. */
final class DiskTierTest {

  private static final int PIECE = 16 * 1024;
  private static final int PIECES = 40;
  private static final byte[] BYTES = bytes(PIECES * PIECE - 100, 1);
  private static final byte[] OTHER_BYTES = bytes(10 * PIECE, 2);
  private static final TorrentInfo INFO = TestTorrents.singleFile("a.bin", BYTES, PIECE).info();
  private static final TorrentInfo OTHER =
      TestTorrents.singleFile("b.bin", OTHER_BYTES, PIECE).info();

  @TempDir Path temp;
  private final FaultyDisk disk = new FaultyDisk();
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

  private static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static DiskLimits limits(int pieces) {
    return new DiskLimits(
        (long) pieces * PIECE, 0, 8 * PIECE, 0, Duration.ofMillis(50), Duration.ofMillis(20));
  }

  private Path root() {
    return temp.resolve("pieces");
  }

  private DiskTier open(int pieces) {
    return DiskTier.open(root(), limits(pieces), disk, System::nanoTime);
  }

  private static Piece piece(byte[] bytes, int index) {
    int from = index * PIECE;
    int to = Math.min(bytes.length, from + PIECE);
    Piece piece = Piece.allocate(to - from);
    piece.write(0, ByteBuffer.wrap(bytes, from, to - from));
    return piece;
  }

  private static void give(PieceSource source, byte[] bytes, int... pieces) {
    for (int index : pieces) {
      Piece piece = piece(bytes, index);
      source.leaving(index, piece);
      piece.release();
    }
  }

  /** Loads a piece and compares it with what it must be. */
  private static void assertLoads(PieceSource source, byte[] bytes, int index) throws IOException {
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

  private static void awaitWritten(DiskTier tier, long writes) {
    Awaitility.await("pieces are written").until(() -> tier.stats().writes() >= writes);
  }

  /** Memory that holds what it is told to, and remembers what it is told. */
  private static final class Memory implements PieceSource.Above {
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

  private long onDisk() throws IOException {
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

  @Test
  void whatLeftMemoryComesBackAlsoInTheNextProcess() throws IOException {
    try (DiskTier tier = open(100)) {
      PieceSource source = tier.torrent(INFO);
      assertThat(source.has(3)).isFalse();
      give(source, BYTES, 3, PIECES - 1);
      assertThat(source.has(3)).isTrue();
      assertLoads(source, BYTES, 3);
      awaitWritten(tier, 2);
      assertLoads(source, BYTES, 3);
      assertLoads(source, BYTES, PIECES - 1);
      assertThat(tier.heldBytes(INFO.infoHash())).isEqualTo(2 * PIECE - 100);
      assertThat(tier.problem()).isEmpty();
    }
    int readsBefore = disk.reads.get();
    try (DiskTier tier = open(100)) {
      PieceSource source = tier.torrent(INFO);
      assertThat(disk.reads.get()).as("start-up reads no piece").isEqualTo(readsBefore);
      assertThat(tier.bytes()).isEqualTo(2 * PIECE - 100);
      assertLoads(source, BYTES, 3);
      assertLoads(source, BYTES, 3);
      assertThat(tier.stats().hashes()).as("hashed once").isEqualTo(1);
      assertThat(source.has(4)).isFalse();
      assertThatThrownBy(() -> source.load(4)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aDamagedPieceIsNeverServedAndReported() throws IOException {
    try (DiskTier tier = open(100)) {
      PieceSource source = tier.torrent(INFO);
      Memory memory = new Memory();
      source.attach(memory);
      give(source, BYTES, 0, 1, 2, 3);
      awaitWritten(tier, 4);
      Path file = root().resolve(INFO.infoHash().hex()).resolve("1");
      flip(file);
      assertThatThrownBy(() -> source.load(1)).isInstanceOf(IOException.class);
      assertThat(source.has(1)).isFalse();
      assertThat(memory.lost).containsExactly(1);
      Awaitility.await().until(() -> !Files.exists(file));
      // One that was right when it was read first, and is changed afterwards.
      assertLoads(source, BYTES, 2);
      flip(root().resolve(INFO.infoHash().hex()).resolve("2"));
      assertThatThrownBy(() -> source.load(2)).isInstanceOf(IOException.class);
      // One that is gone, and one that cannot be read.
      Files.delete(root().resolve(INFO.infoHash().hex()).resolve("3"));
      assertThatThrownBy(() -> source.load(3)).isInstanceOf(IOException.class);
      disk.readError = true;
      assertThatThrownBy(() -> source.load(0)).isInstanceOf(IOException.class);
      disk.readError = false;
      assertThat(disk.faults.get()).isEqualTo(1);
      assertThat(memory.lost).containsExactly(1, 2, 3, 0);
      assertThat(tier.stats().wrong()).isEqualTo(4);
      assertThat(tier.bytes()).isZero();
      // It comes again by the swarm.
      give(source, BYTES, 1);
      assertLoads(source, BYTES, 1);
    }
  }

  @Test
  void opensAPieceThatWasHashedWhileItsFileIsAsItWas() throws IOException {
    try (DiskTier tier = open(PIECES)) {
      PieceSource source = tier.torrent(INFO);
      give(source, BYTES, 0, 1);
      awaitWritten(tier, 2);
      assertThat(source.opens(0)).isFalse();
      assertThat(source.open(0)).isEmpty();
      assertLoads(source, BYTES, 0);
      long reads = tier.stats().reads();
      try (PieceFile file = source.open(0).orElseThrow()) {
        byte[] got = new byte[PIECE];
        assertThat(file.channel().read(ByteBuffer.wrap(got), file.offset())).isEqualTo(PIECE);
        assertThat(got).isEqualTo(Arrays.copyOf(BYTES, PIECE));
      }
      try (PieceFile file = source.openAtOnce(0).orElseThrow()) {
        assertThat(file.length()).isEqualTo(PIECE);
      }
      assertThat(tier.stats().reads()).isEqualTo(reads + 2);
      assertThat(disk.opened()).isEqualTo(1);
      flip(root().resolve(INFO.infoHash().hex()).resolve("0"));
      assertThat(source.openAtOnce(0)).isEmpty();
      assertThat(source.open(0)).isEmpty();
      assertThatThrownBy(() -> source.load(0)).hasMessageContaining("damaged");
      assertThat(source.opens(0)).isFalse();
    }
  }

  @Test
  void keepsNoFileOpenThatItHasDeleted() throws IOException {
    try (DiskTier tier = open(PIECES)) {
      PieceSource source = tier.torrent(INFO);
      give(source, BYTES, 0, 1, 2);
      awaitWritten(tier, 3);
      for (int i = 0; i < 3; i++) {
        assertLoads(source, BYTES, i);
        source.open(i).orElseThrow().close();
      }
      assertThat(disk.open()).isEqualTo(3);
      PieceFile sending = source.openAtOnce(0).orElseThrow();
      tier.forget(INFO.infoHash());
      assertThat(source.openAtOnce(1)).isEmpty();
      Awaitility.await("the others are closed").until(() -> onDisk() == 0 && disk.open() == 1);
      byte[] got = new byte[PIECE];
      assertThat(sending.channel().read(ByteBuffer.wrap(got), 0)).isEqualTo(PIECE);
      assertThat(got).isEqualTo(Arrays.copyOf(BYTES, PIECE));
      sending.close();
      assertThat(disk.open()).isZero();
    }
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void keepsItsBoundAndWhatIsPinned() throws IOException {
    try (DiskTier tier = open(10)) {
      tier.pin(OTHER.infoHash(), true);
      PieceSource pinned = tier.torrent(OTHER);
      Memory memory = new Memory();
      pinned.attach(memory);
      for (int i = 0; i < 6; i++) {
        memory.holds.put(i, OTHER_BYTES);
        Piece piece = piece(OTHER_BYTES, i);
        pinned.arrived(i, piece);
        piece.release();
      }
      awaitWritten(tier, 6);
      assertThat(tier.heldBytes(OTHER.infoHash())).isEqualTo(6 * PIECE);
      PieceSource cached = tier.torrent(INFO);
      Memory above = new Memory();
      cached.attach(above);
      for (int i = 0; i < PIECES; i++) {
        give(cached, BYTES, i);
        assertThat(tier.bytes()).isLessThanOrEqualTo(10L * PIECE);
        awaitWritten(tier, 7);
      }
      Awaitility.await("the queue is empty")
          .until(() -> onDisk() == tier.bytes() && above.lost.size() >= PIECES - 4);
      assertThat(tier.bytes()).isBetween(9L * PIECE, 10L * PIECE);
      assertThat(onDisk()).isLessThanOrEqualTo(10L * PIECE);
      assertThat(tier.pinnedBytes()).isEqualTo(6 * PIECE);
      for (int i = 0; i < 6; i++) {
        assertLoads(pinned, OTHER_BYTES, i);
      }
      assertThat(memory.lost).isEmpty();
      for (int i = 0; i < PIECES; i++) {
        assertThat(above.lost.contains(i)).as("piece %d", i).isNotEqualTo(cached.has(i));
      }
    }
    try (DiskTier tier = open(10)) {
      assertThat(tier.pinnedBytes()).as("pins outlive the process").isEqualTo(6 * PIECE);
      tier.pin(OTHER.infoHash(), false);
      assertThat(tier.pinnedBytes()).isZero();
      tier.forget(INFO.infoHash());
      tier.forget(OTHER.infoHash());
      assertThat(tier.bytes()).isZero();
      Awaitility.await("the files are deleted").until(() -> onDisk() == 0);
    }
    try (DiskTier tier = open(10)) {
      assertThat(tier.bytes()).isZero();
    }
  }

  @Test
  void aSmallerBoundHoldsFromTheStart() throws IOException {
    try (DiskTier tier = open(30)) {
      for (int i = 0; i < 30; i++) {
        give(tier.torrent(INFO), BYTES, i);
        awaitWritten(tier, i + 1);
      }
    }
    try (DiskTier tier = open(5)) {
      assertThat(tier.bytes()).isBetween(4L * PIECE, 5L * PIECE);
      Awaitility.await("files are deleted").until(() -> onDisk() == tier.bytes());
    }
  }

  @Test
  void pinningWritesWhatMemoryHasAlready() {
    try (DiskTier tier = open(100)) {
      PieceSource source = tier.torrent(INFO);
      Memory memory = new Memory();
      source.attach(memory);
      memory.holds.put(7, BYTES);
      memory.holds.put(9, BYTES);
      tier.pin(INFO.infoHash(), true);
      awaitWritten(tier, 2);
      assertThat(source.has(7) && source.has(9)).isTrue();
      assertThat(source.has(8)).isFalse();
    }
  }

  @Test
  void aFullDiskIsAStatedProblemThatEnds() throws IOException {
    try (DiskTier tier = open(100)) {
      PieceSource source = tier.torrent(INFO);
      Memory memory = new Memory();
      source.attach(memory);
      give(source, BYTES, 0);
      awaitWritten(tier, 1);
      disk.full = true;
      give(source, BYTES, 1);
      Awaitility.await().until(() -> tier.problem().isPresent());
      assertThat(tier.problem().orElseThrow()).contains("No space left on device");
      assertThat(disk.faults.get()).isPositive();
      Awaitility.await("what cannot be written is reported").until(() -> memory.lost.contains(1));
      assertThat(source.has(1)).isFalse();
      assertLoads(source, BYTES, 0);
      // A pinned torrent's piece stays wanted until it can be written.
      tier.pin(INFO.infoHash(), true);
      memory.holds.put(2, BYTES);
      source.attach(memory);
      disk.full = false;
      Awaitility.await("it recovers").until(() -> tier.problem().isEmpty());
      Awaitility.await("and makes good").until(() -> source.has(2));
      give(source, BYTES, 3);
      awaitWritten(tier, 3);
    }
    try (DiskTier tier = open(100)) {
      assertThat(tier.pinnedBytes()).isEqualTo(3 * PIECE);
    }
  }

  @Test
  void leavesTheReserveFree() {
    disk.totalBytes = 1000L * PIECE;
    DiskLimits limits =
        new DiskLimits(
            100L * PIECE,
            20L * PIECE,
            100 * PIECE,
            0,
            Duration.ofMillis(50),
            Duration.ofMillis(20));
    try (DiskTier tier = DiskTier.open(root(), limits, disk, System::nanoTime)) {
      PieceSource source = tier.torrent(INFO);
      disk.usableBytes = 25L * PIECE;
      give(source, BYTES, 0, 1, 2, 3, 4);
      awaitWritten(tier, 5);
      // Others take what was left: what need not stay makes way.
      disk.usableBytes = 17L * PIECE;
      give(source, BYTES, 5);
      Awaitility.await().until(() -> tier.bytes() <= 2 * PIECE);
      assertThat(tier.stats().evicted()).isPositive();
      tier.pin(OTHER.infoHash(), true);
      disk.usableBytes = 0;
      give(tier.torrent(OTHER), OTHER_BYTES, 0);
      Awaitility.await().until(() -> tier.problem().isPresent());
      assertThat(tier.problem().orElseThrow()).contains("full");
      disk.usableBytes = 100L * PIECE;
      Awaitility.await().until(() -> tier.problem().isEmpty());
    }
  }

  @Test
  void aFolderThatVanishesIsMadeAgainIfWhatItWasInIsThere() throws IOException {
    try (DiskTier tier = open(100)) {
      PieceSource source = tier.torrent(INFO);
      Memory memory = new Memory();
      source.attach(memory);
      give(source, BYTES, 0, 1);
      awaitWritten(tier, 2);
      Path away = temp.resolve("away");
      Files.move(root(), away);
      assertThatThrownBy(() -> source.load(0)).isInstanceOf(IOException.class);
      assertThat(memory.lost).containsExactlyInAnyOrder(0, 1);
      Awaitility.await().until(() -> tier.problem().isEmpty() && Files.exists(root()));
      give(source, BYTES, 5);
      awaitWritten(tier, 3);
      assertLoads(source, BYTES, 5);
    }
  }

  @Test
  void aFolderThatComesBackHasItsPiecesAgain() throws IOException {
    Path data = Files.createDirectory(temp.resolve("data"));
    Path pieces = data.resolve("pieces");
    try (DiskTier tier = DiskTier.open(pieces, limits(100), disk, System::nanoTime)) {
      PieceSource source = tier.torrent(INFO);
      Memory memory = new Memory();
      source.attach(memory);
      give(source, BYTES, 0, 1);
      awaitWritten(tier, 2);
      Path away = temp.resolve("away");
      Files.move(data, away);
      Awaitility.await().until(() -> tier.problem().isPresent());
      assertThat(tier.problem().orElseThrow()).contains("vanished");
      assertThat(source.has(0)).isFalse();
      assertThat(data).doesNotExist();
      Files.move(away, data);
      Awaitility.await().until(() -> tier.problem().isEmpty());
      assertThat(memory.returned).containsExactlyInAnyOrder(0, 1);
      assertLoads(source, BYTES, 1);
    }
  }

  @Test
  void withoutItsJournalTheFolderIsListed() throws IOException {
    fill(6);
    Files.delete(root().resolve("journal"));
    Files.writeString(root().resolve(INFO.infoHash().hex()).resolve("7.new"), "torn");
    assertAllBut(-1);
    assertThat(root().resolve(INFO.infoHash().hex()).resolve("7.new")).doesNotExist();
  }

  @Test
  void aDamagedJournalIsNotBelieved() throws IOException {
    fill(6);
    Path journal = root().resolve("journal");
    List<String> lines = new ArrayList<>(Files.readAllLines(journal));
    lines.set(2, lines.get(2).replace("PUT", "PAT"));
    Files.write(journal, lines);
    flip(root().resolve(INFO.infoHash().hex()).resolve("4"));
    assertAllBut(4);
  }

  @Test
  void aTornLastLineIsDropped() throws IOException {
    fill(6);
    Path journal = root().resolve("journal");
    String text = Files.readString(journal);
    assertThat(text).endsWith("CLOSE\n");
    for (int cut = 1; cut < 60; cut += 7) {
      Files.writeString(journal, text.substring(0, text.length() - cut));
      try (DiskTier tier = open(100)) {
        assertThat(tier.problem()).isEmpty();
        assertThat(tier.bytes()).isBetween(5L * PIECE, 6L * PIECE);
        for (int i = 0; i < 5; i++) {
          assertLoads(tier.torrent(INFO), BYTES, i);
        }
      }
      fill(6);
      text = Files.readString(journal);
    }
  }

  private void fill(int pieces) {
    try (DiskTier tier = open(100)) {
      PieceSource source = tier.torrent(INFO);
      for (int i = 0; i < pieces; i++) {
        give(source, BYTES, i);
      }
      Awaitility.await().until(() -> tier.heldBytes(INFO.infoHash()) == (long) pieces * PIECE);
    }
  }

  private void assertAllBut(int wrong) throws IOException {
    try (DiskTier tier = open(100)) {
      assertThat(tier.problem()).isEmpty();
      PieceSource source = tier.torrent(INFO);
      assertThat(tier.bytes()).isEqualTo(6L * PIECE);
      for (int i = 0; i < 6; i++) {
        if (i == wrong) {
          int index = i;
          assertThatThrownBy(() -> source.load(index)).isInstanceOf(IOException.class);
        } else {
          assertLoads(source, BYTES, i);
        }
      }
    }
  }

  @Test
  void theJournalStaysShort() throws IOException {
    try (DiskTier tier = open(4)) {
      PieceSource source = tier.torrent(INFO);
      for (int i = 0; i < 3000; i++) {
        give(source, BYTES, i % PIECES);
        if (i % 8 == 7) {
          awaitIdle(tier);
        }
      }
      awaitIdle(tier);
    }
    assertThat(Files.readAllLines(root().resolve("journal")).size()).isLessThan(2500);
    try (DiskTier tier = open(4)) {
      assertThat(tier.bytes()).isPositive().isLessThanOrEqualTo(4L * PIECE);
      assertThat(tier.problem()).isEmpty();
    }
  }

  private static void awaitIdle(DiskTier tier) {
    Map<String, Long> seen = new HashMap<>();
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              long now = tier.stats().writes() + tier.stats().evicted();
              Long before = seen.put("writes", now);
              return before != null && before == now;
            });
  }

  @Test
  void aPieceOfAnotherLengthIsNotTaken() throws IOException {
    fill(2);
    Files.write(
        root().resolve(INFO.infoHash().hex()).resolve("1"), new byte[7], StandardOpenOption.APPEND);
    try (DiskTier tier = open(100)) {
      PieceSource source = tier.torrent(INFO);
      assertThatThrownBy(() -> source.load(1)).isInstanceOf(IOException.class);
      assertLoads(source, BYTES, 0);
    }
  }

  @Test
  void settlesMoreThanItsQueueTakes() throws IOException {
    try (DiskTier tier = open(PIECES)) {
      PieceSource source = tier.torrent(INFO);
      Memory memory = new Memory();
      for (int i = 0; i < 30; i++) {
        memory.holds.put(i, BYTES);
      }
      source.attach(memory);
      assertThat(tier.settle(INFO.infoHash(), true)).isFalse();
      Awaitility.await("all is settled").until(() -> tier.settle(INFO.infoHash(), false));
      assertThat(tier.heldBytes(INFO.infoHash())).isEqualTo(30L * PIECE);
      assertThat(tier.stats().refused()).isZero();
      assertLoads(source, BYTES, 29);
    }
  }
}
