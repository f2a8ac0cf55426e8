package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cache.PieceSource;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.metainfo.TorrentInfos;
import io.sluice.metainfo.TorrentInfos.FileSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalFilesTest {

  private static final byte[] CONTENT = new byte[50_000];
  private static final TorrentInfo INFO = TorrentInfos.single("film.mp4", 16_384, CONTENT);

  @TempDir Path folder;
  private Path here = Path.of("");
  private Path elsewhere = Path.of("");

  @BeforeEach
  void writeFiles() throws IOException {
    here = Files.write(folder.resolve("here.mp4"), CONTENT);
    elsewhere = Files.write(folder.resolve("elsewhere.mp4"), CONTENT);
  }

  private static List<SeededFile> looks(Path path) throws IOException {
    return SeededFiles.open(INFO, List.of(path)).files();
  }

  @Test
  void otherFilesTakeThePlaceOfThoseThatAreOpen() throws IOException {
    LocalFiles files = new LocalFiles(looks(here));
    assertThat(files.open(INFO).has(0)).isTrue();
    assertThat(files.replace(looks(here))).isFalse();
    assertThat(files.replace(looks(elsewhere))).isTrue();
    assertThat(files.close()).isFalse();
    assertThat(files.list()).isEqualTo(looks(elsewhere));
    Files.delete(here);
    assertThat(files.look()).isFalse();
    assertThat(files.problem()).isEmpty();
  }

  @Test
  void whatVanishesWhileTheyAreClosedIsNewsOnce() throws IOException {
    LocalFiles files = new LocalFiles(looks(here));
    assertThat(files.look()).isFalse();
    FileTime modified = Files.getLastModifiedTime(here);
    Files.delete(here);
    assertThat(files.look()).isTrue();
    assertThat(files.look()).isFalse();
    assertThat(files.problem().orElseThrow()).contains("has vanished");
    Files.write(here, CONTENT);
    Files.setLastModifiedTime(here, modified);
    assertThat(files.look()).isTrue();
    assertThat(files.problem()).isEmpty();
  }

  @Test
  void anotherTimeOfTheSameBytesIsRememberedWhenTheyAreClosed() throws IOException {
    LocalFiles files = new LocalFiles(looks(here));
    Files.setLastModifiedTime(here, FileTime.fromMillis(1_000_000_000_000L));
    PieceSource open = files.open(INFO);
    assertThat(files.problem()).isPresent();
    ((SeededFiles) open).look();
    assertThat(files.problem()).isEmpty();
    assertThat(files.close()).isTrue();
    assertThat(files.list()).isEqualTo(looks(here));
    assertThat(files.close()).isFalse();
  }

  @Test
  void nobodyMissesAPadFile() throws IOException {
    TorrentInfo padded =
        TorrentInfos.multi(
            "t",
            16_384,
            new byte[16_384 + 50_000],
            List.of(
                new FileSpec("a", 10_000),
                new FileSpec(".pad/6384", 6_384, true),
                new FileSpec("b", 50_000)));
    Path first = Files.write(folder.resolve("a"), new byte[10_000]);
    LocalFiles files =
        new LocalFiles(
            SeededFiles.open(padded, List.of(first, folder.resolve("none"), here)).files());
    assertThat(files.look()).isFalse();
    assertThat(files.open(padded).has(1)).isTrue();
    assertThat(files.problem()).isEmpty();
  }

  @Test
  void filesOfAnotherTorrentAreAProblem() {
    LocalFiles files = new LocalFiles(List.of());
    assertThat(files.open(INFO)).isSameAs(PieceSource.NONE);
    assertThat(files.problem()).isPresent();
  }
}
