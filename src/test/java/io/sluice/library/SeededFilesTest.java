package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cache.Piece;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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

  @Test
  void noticesAFileThatGoesAway() throws IOException {
    SeededFiles seeded = SeededFiles.open(info, paths);
    Files.delete(paths.getLast());
    assertThatThrownBy(() -> seeded.load(3)).isInstanceOf(IOException.class);
    seeded.load(0).release();
  }
}
