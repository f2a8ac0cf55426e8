package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cache.Piece;
import io.sluice.cache.PieceSource;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.metainfo.TorrentInfos;
import io.sluice.metainfo.TorrentInfos.FileSpec;
import io.sluice.testing.LeakCheck;
import io.sluice.testing.SeededCases;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
final class SeededFilesTest {

  @TempDir private Path folder;

  private final byte[] content = new byte[1000];
  private TorrentInfo info;
  private List<Path> paths;

  SeededFilesTest() {
    new Random(7).nextBytes(content);
    Arrays.fill(content, 450, 600, (byte) 0);
    info =
        TorrentInfos.multi(
            "t",
            300,
            content,
            List.of(
                new FileSpec("a", 450),
                new FileSpec(".pad/150", 150, true),
                new FileSpec("empty", 0),
                new FileSpec("b", 400)));
    paths = List.of();
  }

  @BeforeEach
  void writeFiles() throws IOException {
    paths = write(info, content, folder);
  }

  private static List<Path> write(TorrentInfo info, byte[] content, Path folder)
      throws IOException {
    List<Path> paths = new ArrayList<>();
    for (TorrentFile file : info.files()) {
      Path path = folder.resolve("file" + file.index());
      paths.add(path);
      if (!file.pad()) {
        int from = (int) file.offset();
        Files.write(path, Arrays.copyOfRange(content, from, from + (int) file.length()));
      }
    }
    return paths;
  }

  private static void check(SeededFiles seeded, TorrentInfo info, byte[] content)
      throws IOException {
    for (int index = 0; index < info.geometry().pieces(); index++) {
      assertThat(seeded.has(index)).isTrue();
      Piece piece = seeded.load(index);
      int from = (int) info.geometry().offsetOf(index);
      assertThat(piece.bytes())
          .isEqualTo(ByteBuffer.wrap(content, from, info.geometry().bytesOf(index)));
      piece.release();
    }
    assertThat(seeded.has(info.geometry().pieces())).isFalse();
    assertThat(seeded.has(-1)).isFalse();
  }

  @Test
  void readsPiecesAcrossFilesAndPadding() throws IOException {
    check(SeededFiles.open(info, paths), info, content);
  }

  @Test
  void readsAnyGeometry() {
    SeededCases.run(
        60,
        random -> {
          List<FileSpec> specs = new ArrayList<>();
          int total = 0;
          for (int file = 0; file <= random.nextInt(8); file++) {
            int length = random.nextInt(3) == 0 ? 0 : random.nextInt(300);
            specs.add(new FileSpec("f" + file, length));
            total += length;
          }
          specs.add(new FileSpec("last", 1));
          byte[] bytes = new byte[total + 1];
          random.nextBytes(bytes);
          TorrentInfo any = TorrentInfos.multi("t", 1 + random.nextInt(200), bytes, specs);
          Path below = Files.createTempDirectory(folder, "case");
          check(SeededFiles.open(any, write(any, bytes, below)), any, bytes);
        });
  }

  @Test
  void refusesAFileOfAnotherLength() throws IOException {
    Files.write(paths.getFirst(), new byte[451]);
    assertThatThrownBy(() -> SeededFiles.open(info, paths))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("length differs");
    Files.delete(paths.getFirst());
    assertThatThrownBy(() -> SeededFiles.open(info, paths)).isInstanceOf(IOException.class);
  }

  @Test
  void doesNotReadAFileThatHasChanged() throws IOException {
    SeededFiles seeded = SeededFiles.open(info, paths);
    Files.setLastModifiedTime(paths.getFirst(), FileTime.fromMillis(1));
    assertThatThrownBy(() -> seeded.load(0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has changed");
    seeded.load(2).release();
  }

  @Test
  void doesNotGiveOutBytesThatAreNotTheTorrents() throws IOException {
    FileTime time = Files.getLastModifiedTime(paths.getFirst());
    SeededFiles seeded = SeededFiles.open(info, paths);
    byte[] tampered = Arrays.copyOf(content, 450);
    tampered[10]++;
    Files.write(paths.getFirst(), tampered);
    Files.setLastModifiedTime(paths.getFirst(), time);
    assertThatThrownBy(() -> seeded.load(0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another content");
    seeded.load(2).release();
  }

  /** Remembers what it is told of pieces. */
  private static final class Told implements PieceSource.Above {
    final BitSet held = new BitSet();
    int news;

    Told(SeededFiles files, int pieces) {
      held.set(0, pieces);
      files.attach(this);
    }

    @Override
    public void lost(int piece) {
      news++;
      assertThat(held.get(piece)).isTrue();
      held.clear(piece);
    }

    @Override
    public void returned(int piece) {
      news++;
      assertThat(held.get(piece)).isFalse();
      held.set(piece);
    }

    @Override
    public Optional<Piece> peek(int piece) {
      return Optional.empty();
    }
  }

  private static BitSet pieces(int... pieces) {
    BitSet set = new BitSet();
    Arrays.stream(pieces).forEach(set::set);
    return set;
  }

  @Test
  void aFileThatComesBackUnchangedIsServedAgain() throws IOException {
    SeededFiles seeded = SeededFiles.open(info, paths);
    Told told = new Told(seeded, 4);
    seeded.look();
    assertThat(seeded.problem()).isEmpty();
    Path away = folder.resolve("away");
    Files.move(paths.getLast(), away);
    seeded.look();
    assertThat(seeded.problem()).hasValueSatisfying(why -> assertThat(why).contains("vanished"));
    assertThat(told.held).isEqualTo(pieces(0, 1));
    assertThat(seeded.has(2)).isFalse();
    Files.move(away, paths.getLast());
    seeded.look();
    assertThat(seeded.problem()).isEmpty();
    assertThat(told.held).isEqualTo(pieces(0, 1, 2, 3));
    check(seeded, info, content);
  }

  @Test
  void oneThatWasOnlyTouchedIsHashedAndServed() throws IOException {
    SeededFiles seeded = SeededFiles.open(info, paths);
    Told told = new Told(seeded, 4);
    Files.setLastModifiedTime(paths.getFirst(), FileTime.fromMillis(1));
    assertThatThrownBy(() -> seeded.load(0)).isInstanceOf(IOException.class);
    assertThat(told.held).isEqualTo(pieces(2, 3));
    seeded.look();
    assertThat(seeded.problem()).isEmpty();
    assertThat(told.held).isEqualTo(pieces(0, 1, 2, 3));
    check(seeded, info, content);
  }

  @Test
  void oneOfOtherContentStaysOutUntilTheOldOneIsBack() throws IOException {
    FileTime time = Files.getLastModifiedTime(paths.getFirst());
    SeededFiles seeded = SeededFiles.open(info, paths);
    Told told = new Told(seeded, 4);
    byte[] tampered = Arrays.copyOf(content, 450);
    tampered[10]++;
    Files.write(paths.getFirst(), tampered);
    Files.setLastModifiedTime(paths.getFirst(), FileTime.fromMillis(1));
    seeded.look();
    seeded.look();
    assertThat(seeded.problem()).hasValueSatisfying(why -> assertThat(why).contains("changed"));
    assertThat(told.held).isEqualTo(pieces(2, 3));
    // With the old time it is found out by its hash alone, for the piece that is wrong.
    Files.setLastModifiedTime(paths.getFirst(), time);
    seeded.look();
    assertThatThrownBy(() -> seeded.load(0)).hasMessageContaining("another content");
    seeded.look();
    assertThat(told.held).isEqualTo(pieces(1, 2, 3));
    assertThat(seeded.problem()).isPresent();
    Files.write(paths.getFirst(), Arrays.copyOf(content, 450));
    Files.setLastModifiedTime(paths.getFirst(), time);
    seeded.look();
    assertThat(seeded.problem()).isEmpty();
    check(seeded, info, content);
    assertThat(told.news).isEqualTo(6);
  }

  @Test
  void theWatchLooksByItself() throws IOException {
    SeededFiles seeded = SeededFiles.open(info, paths);
    try (FileWatch watch = new FileWatch(Duration.ofMillis(10))) {
      Runnable unwatch = watch.watch(seeded);
      Files.delete(paths.getLast());
      Awaitility.await().until(() -> seeded.problem().isPresent());
      unwatch.run();
    }
  }

  @Test
  void noticesAFileThatGoesAway() throws IOException {
    SeededFiles seeded = SeededFiles.open(info, paths);
    Files.delete(paths.getLast());
    assertThatThrownBy(() -> seeded.load(3)).isInstanceOf(IOException.class);
    seeded.load(0).release();
  }
}
