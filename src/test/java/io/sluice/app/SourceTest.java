package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a word on the command line is taken for. */
final class SourceTest {

  private static final String HASH = "0123456789abcdef0123456789abcdef01234567";

  @TempDir Path folder;

  @Test
  void tellsSourcesApart() throws IOException {
    Path torrent = Files.createFile(folder.resolve("x.TORRENT"));
    Path film = Files.createFile(folder.resolve("film.mp4"));
    assertThat(Source.parse("magnet:?xt=urn:btih:" + HASH)).isInstanceOf(Source.OfMagnet.class);
    assertThat(Source.parse(HASH)).isInstanceOf(Source.OfInfoHash.class);
    assertThat(Source.parse("HTTPS://example.org/x.torrent"))
        .isInstanceOf(Source.OfTorrentUrl.class);
    assertThat(Source.parse(torrent.toString())).isEqualTo(new Source.OfTorrentFile(torrent));
    assertThat(Source.parse(film.toString())).isEqualTo(new Source.OfContent(film));
    assertThat(Source.parse(folder.toString())).isEqualTo(new Source.OfContent(folder));
  }

  @Test
  void saysWhatWouldDo() {
    assertThatThrownBy(() -> Source.parse(folder.resolve("none.mp4").toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("neither a magnet link, an infohash, a URL nor a file that exists");
    assertThatThrownBy(() -> Source.parse("magnet:?dn=x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("magnet:?dn=x: ");
  }
}
