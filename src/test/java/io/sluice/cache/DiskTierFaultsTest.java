package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * What becomes of the disk tier when its disk, its folder or its journal is not as it should be.
 */
final class DiskTierFaultsTest extends DiskTierSetting {

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
}
