package io.sluice.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.metainfo.TorrentInfo.PieceRange;
import io.sluice.testing.SeededCases;
import io.sluice.testing.TestTorrents;
import io.sluice.testing.TestTorrents.Content;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TorrentInfoTest {

  @Test
  void spansOfAPiece() {
    TorrentInfo info =
        TestTorrents.folder(
                "T",
                100,
                new Content("a", new byte[50]),
                new Content("empty", new byte[0]),
                new Content("b", new byte[10]),
                new Content("c", new byte[240]))
            .info();
    TorrentFile a = info.files().get(0);
    TorrentFile b = info.files().get(2);
    TorrentFile c = info.files().get(3);
    assertThat(info.spans(0))
        .containsExactly(new Span(a, 0, 0, 50), new Span(b, 0, 50, 10), new Span(c, 0, 60, 40));
    assertThat(info.spans(1)).containsExactly(new Span(c, 40, 0, 100));
    assertThat(info.spans(2)).containsExactly(new Span(c, 140, 0, 100));
    assertThat(info.filesOf(0)).containsExactly(a, b, c);
    assertThat(info.piecesOf(a)).contains(new PieceRange(0, 0));
    assertThat(info.piecesOf(c)).contains(new PieceRange(0, 2));
    assertThat(info.piecesOf(info.files().get(1))).isEmpty();
    assertThatThrownBy(() -> info.spans(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> info.spans(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void slicesOfAFileSumToItsLength() {
    SeededCases.run(
        10_000,
        random -> {
          TorrentInfo info = randomTorrent(random);
          long[] seen = new long[info.files().size()];
          for (int piece = 0; piece < info.geometry().pieces(); piece++) {
            int inPiece = 0;
            for (Span span : info.spans(piece)) {
              int index = span.file().index();
              assertThat(span.length()).isPositive();
              assertThat(span.pieceOffset()).isEqualTo(inPiece);
              assertThat(span.fileOffset()).isEqualTo(seen[index]);
              assertThat(span.file().offset() + span.fileOffset())
                  .isEqualTo(info.geometry().offsetOf(piece) + inPiece);
              PieceRange pieces = info.piecesOf(span.file()).orElseThrow();
              assertThat(piece).isBetween(pieces.first(), pieces.last());
              seen[index] += span.length();
              inPiece += span.length();
            }
            assertThat(inPiece).isEqualTo(info.geometry().bytesOf(piece));
          }
          for (TorrentFile file : info.files()) {
            assertThat(seen[file.index()]).isEqualTo(file.length());
          }
        });
  }

  private static TorrentInfo randomTorrent(Random random) {
    Content[] files = new Content[1 + random.nextInt(6)];
    for (int i = 0; i < files.length; i++) {
      int length = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(60);
      boolean last = i == files.length - 1;
      files[i] = new Content("f" + i, new byte[last ? length + 1 : length], random.nextInt(9) == 0);
    }
    return TestTorrents.folder("T", 1 + random.nextInt(40), files).info();
  }

  @Test
  void filesByTheirPath() {
    TorrentInfo info =
        TestTorrents.folder(
                "T",
                100,
                new Content("dir/a b.mp4", new byte[50]),
                new Content("dir/a", new byte[1]),
                new Content("../x", new byte[1]),
                new Content("q?", new byte[1]))
            .info();
    for (TorrentFile file : info.files()) {
      assertThat(info.fileAt(file.joinedPath())).contains(file);
      assertThat(info.fileAt(String.join("/", file.safePath()))).contains(file);
    }
    assertThat(info.fileAt("T/dir/a").orElseThrow().index()).isEqualTo(1);
    assertThat(info.fileAt("T/_/x").orElseThrow().index()).isEqualTo(2);
    for (String other :
        new String[] {
          "",
          "T",
          "T/",
          "T/dir",
          "T/dir/",
          "T/dir/a/",
          "/T/dir/a",
          "dir/a",
          "T/dir/a b.mp4x",
          "T/dir/a b.mp",
          "T//dir/a"
        }) {
      assertThat(info.fileAt(other)).as(other).isEmpty();
    }
  }

  @Test
  void filesOfASingleFileTorrent() {
    TorrentInfo info = TestTorrents.singleFile("clip.mp4", new byte[10], 4).info();
    assertThat(info.fileAt("clip.mp4")).contains(info.files().getFirst());
    assertThat(info.spans(2)).containsExactly(new Span(info.files().getFirst(), 8, 0, 2));
  }
}
