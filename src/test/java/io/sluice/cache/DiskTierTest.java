package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the disk tier promises, with real files. */
final class DiskTierTest extends DiskTierSetting {

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
