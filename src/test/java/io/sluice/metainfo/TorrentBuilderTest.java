package io.sluice.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.TestTorrents;
import io.sluice.testing.TestTorrents.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TorrentBuilderTest {

  private static final long MIB = 1 << 20;
  private static final TorrentBuilder.Progress SILENT = (done, total) -> {};

  @TempDir private Path temp;

  @Test
  void aFile() throws Exception {
    byte[] bytes = bytes(600_000);
    Path file = Files.write(temp.resolve("clip ü.webm"), bytes);
    List<Long> progress = new ArrayList<>();
    BuiltTorrent built =
        TorrentBuilder.of(file)
            .withSources(List.of(List.of(URI.create("wss://t.example/"))), List.of())
            .build(
                (done, total) -> {
                  assertThat(total).isEqualTo(600_000);
                  progress.add(done);
                });
    TorrentInfo info = built.metainfo().info();
    assertThat(info.rawInfo())
        .isEqualTo(TestTorrents.singleFile("clip ü.webm", bytes, 16384).info().rawInfo());
    assertThat(info.canonical()).isTrue();
    assertThat(built.paths()).containsExactly(file.toRealPath());
    assertThat(built.metainfo().trackers())
        .containsExactly(List.of(URI.create("wss://t.example/")));
    assertThat(progress).isSorted().endsWith(600_000L);
    assertThat(progress.size()).isGreaterThan(1);
  }

  @Test
  void aFolder() throws Exception {
    Path root = Files.createDirectory(temp.resolve("Show"));
    Content[] files = {
      new Content("B.txt", bytes(10)),
      new Content("a.txt", bytes(100_000)),
      new Content("sub/deep/x", bytes(5)),
      new Content("sub/empty", new byte[0]),
      new Content("sub/z", bytes(70_000)),
    };
    write(root, "sub/z", bytes(70_000));
    write(root, "B.txt", bytes(10));
    write(root, "sub/deep/x", bytes(5));
    write(root, "a.txt", bytes(100_000));
    write(root, "sub/empty", new byte[0]);
    Files.createDirectory(root.resolve("empty folder"));
    write(root, ".hidden", bytes(1));
    write(root, ".git/config", bytes(1));
    write(root, "__MACOSX/a.txt", bytes(1));
    write(root, "sub/Thumbs.db", bytes(1));
    write(root, "sub/desktop.ini", bytes(1));
    write(root, "sub/z~", bytes(1));
    BuiltTorrent built = TorrentBuilder.of(root).build(SILENT);
    TorrentInfo info = built.metainfo().info();
    assertThat(info.rawInfo())
        .isEqualTo(TestTorrents.folder("Show", 16384, files).info().rawInfo());
    for (TorrentFile file : info.files()) {
      assertThat(Files.size(built.paths().get(file.index()))).isEqualTo(file.length());
      assertThat(built.paths().get(file.index()).endsWith(file.path().getLast())).isTrue();
    }
  }

  @Test
  void linksThatLeadOutAreNotFollowed() throws Exception {
    Path root = Files.createDirectory(temp.resolve("root"));
    Path secret = Files.write(temp.resolve("secret"), bytes(10));
    Path folder = Files.createDirectory(temp.resolve("folder"));
    write(folder, "inside", bytes(10));
    write(root, "real", bytes(3));
    Files.createSymbolicLink(root.resolve("out"), secret);
    Files.createSymbolicLink(root.resolve("outFolder"), folder);
    Files.createSymbolicLink(root.resolve("loop"), root);
    Files.createSymbolicLink(root.resolve("dangling"), temp.resolve("nothing"));
    Files.createSymbolicLink(root.resolve("in"), Path.of("real"));
    BuiltTorrent built = TorrentBuilder.of(root).build(SILENT);
    assertThat(built.metainfo().info().files())
        .extracting(TorrentFile::joinedPath)
        .containsExactly("root/in", "root/real");
    Path real = root.toRealPath().resolve("real");
    assertThat(built.paths()).containsExactly(real, real);
  }

  @Test
  void aLinkMayBeTheSource() throws Exception {
    Path root = Files.createDirectory(temp.resolve("root"));
    write(root, "x", bytes(3));
    Files.createSymbolicLink(temp.resolve("alias"), root);
    TorrentInfo info = TorrentBuilder.of(temp.resolve("alias")).build(SILENT).metainfo().info();
    assertThat(info.files()).extracting(TorrentFile::joinedPath).containsExactly("alias/x");
  }

  @Test
  void refusesWhereThereIsNothing() throws Exception {
    assertRefused(temp.resolve("missing"), "no such file");
    assertRefused(Files.createDirectory(temp.resolve("empty")), "no files");
    assertRefused(Files.createFile(temp.resolve("zero")), "no bytes");
    Path hidden = Files.createDirectory(temp.resolve("hidden"));
    write(hidden, ".x", bytes(3));
    assertRefused(hidden, "no files");
    Path zeros = Files.createDirectory(temp.resolve("zeros"));
    write(zeros, "x", new byte[0]);
    assertRefused(zeros, "no bytes");
    assertRefused(Path.of("/"), "name");
    assertThatThrownBy(() -> TorrentBuilder.of(temp).withPieceBytes(100_000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFileThatShrinksMeanwhileIsAnError() throws Exception {
    Path root = Files.createDirectory(temp.resolve("root"));
    write(root, "a", bytes(600_000));
    write(root, "b", bytes(600_000));
    TorrentBuilder builder = TorrentBuilder.of(root);
    assertThatThrownBy(
            () ->
                builder.build(
                    (done, total) -> {
                      try {
                        Files.write(root.resolve("b"), new byte[10]);
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("changed");
    write(root, "b", bytes(10));
    assertThatThrownBy(
            () ->
                builder.build(
                    (done, total) -> {
                      try {
                        Files.write(root.resolve("b"), new byte[20]);
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("changed");
  }

  @Test
  void anInterruptStopsIt() throws Exception {
    Path file = Files.write(temp.resolve("x"), bytes(2_000_000));
    List<Long> progress = new ArrayList<>();
    assertThatThrownBy(
            () ->
                TorrentBuilder.of(file)
                    .build(
                        (done, total) -> {
                          progress.add(done);
                          Thread.currentThread().interrupt();
                        }))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(progress).hasSize(1);
  }

  @Test
  void pieceLengths() {
    assertThat(TorrentBuilder.pieceBytesFor(1)).isEqualTo(16 << 10);
    assertThat(TorrentBuilder.pieceBytesFor(MIB)).isEqualTo(64 << 10);
    assertThat(TorrentBuilder.pieceBytesFor(4 * MIB)).isEqualTo(256 << 10);
    assertThat(TorrentBuilder.pieceBytesFor(35 * MIB)).isEqualTo(256 << 10);
    assertThat(TorrentBuilder.pieceBytesFor(256 * MIB)).isEqualTo(256 << 10);
    assertThat(TorrentBuilder.pieceBytesFor(1024 * MIB)).isEqualTo(1 << 20);
    assertThat(TorrentBuilder.pieceBytesFor(100 * 1024 * MIB)).isEqualTo(4 << 20);
    for (long total = 1; total < 1L << 45; total = total * 3 + 1) {
      long piece = TorrentBuilder.pieceBytesFor(total);
      assertThat(total / piece).isLessThanOrEqualTo(400_000);
      assertThat(Long.bitCount(piece)).isEqualTo(1);
    }
  }

  @Test
  void aChosenPieceLengthIsKept() throws Exception {
    Path file = Files.write(temp.resolve("x"), bytes(100_000));
    TorrentInfo info =
        TorrentBuilder.of(file).withPieceBytes(32 << 10).build(SILENT).metainfo().info();
    assertThat(info.geometry()).isEqualTo(new PieceGeometry(100_000, 32 << 10));
  }

  private static void assertRefused(Path source, String message) {
    assertThatThrownBy(() -> TorrentBuilder.of(source).build(SILENT))
        .isInstanceOf(MetainfoException.class)
        .hasMessageContaining(message);
  }

  private static void write(Path root, String path, byte[] bytes) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
