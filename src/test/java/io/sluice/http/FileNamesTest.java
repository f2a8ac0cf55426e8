package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.metainfo.TorrentInfos;
import io.sluice.metainfo.TorrentInfos.FileSpec;
import io.sluice.testing.SeededCases;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names from torrents in headers and URLs: media types, dispositions, paths. */
final class FileNamesTest {

  @ParameterizedTest
  @CsvSource({
    "film.mp4, video/mp4",
    "FILM.MKV, video/x-matroska",
    "a.b.webm, video/webm",
    "song.opus, audio/ogg",
    "sub.srt, application/x-subrip",
    ".mp4, video/mp4",
    "mp4, application/octet-stream",
    "ends., application/octet-stream",
    "script.js, application/octet-stream",
    "module.mjs, application/octet-stream",
  })
  void typesAreKnownByExtension(String name, String type) {
    assertThat(MediaTypes.of(name)).isEqualTo(type);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.html", "a.htm", "a.xhtml", "a.svg", "a.xml", "a.mpd", "A.SVG"})
  void whatABrowserWouldRunIsActive(String name) {
    assertThat(MediaTypes.active(MediaTypes.of(name))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.mp4", "a.mp3", "a.jpg", "a.txt", "a.vtt", "a.srt", "a.pdf", "a.js", "a"})
  void mediaAndTextAreNot(String name) {
    assertThat(MediaTypes.active(MediaTypes.of(name))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "film.mp4|film.mp4|film.mp4",
        "Ä b.mp4|_ b.mp4|%C3%84%20b.mp4",
        "a\"b\\c.mp4|a_b_c.mp4|a%22b%5Cc.mp4",
        "100%.mp4|100_.mp4|100%25.mp4",
        "a;b='c'.mp4|a_b='c'.mp4|a%3Bb%3D%27c%27.mp4",
        "🎬.mp4|_.mp4|%F0%9F%8E%AC.mp4",
      })
  void dispositionsCarryAnyName(String name, String ascii, String encoded) {
    assertThat(ContentDisposition.inline(name))
        .isEqualTo("inline; filename=\"" + ascii + "\"; filename*=UTF-8''" + encoded);
    assertThat(ContentDisposition.attachment(name)).startsWith("attachment; ");
  }

  @Test
  void noNameBreaksOutOfAHeader() {
    SeededCases.run(
        2_000,
        random -> {
          StringBuilder name = new StringBuilder();
          for (int i = random.nextInt(20); i >= 0; i--) {
            name.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
          }
          String value = ContentDisposition.inline(name.toString());
          assertThat(value).matches("inline; filename=\"[ -~&&[^\"\\\\]]*\"; filename\\*=[!-~]*");
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "a/b.mp4|a/b.mp4",
        "a%2Fb%2emp4|a/b.mp4",
        "%C3%84|Ä",
        "%c3%84|Ä",
        "Ã\u0084|Ä",
        "a+b|a+b",
        "a%2Bb|a+b",
        "%F0%9F%8E%AC|🎬",
      })
  void decodesAnyEscaping(String raw, String expected) {
    assertThat(UrlPath.decode(raw)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "a%", "a%4", "%zz", "%+1", "%C3", "%FF%FE", "%C0%AF", "\u0100"})
  void refusesWhatIsNotPercentEncodedUtf8(String raw) {
    assertThat(UrlPath.decode(raw)).isEmpty();
  }

  @Test
  void everyFileHasAPathThatLeadsToIt() {
    byte[] content = new byte[700];
    TorrentInfo info =
        TorrentInfos.multi(
            "t",
            100,
            content,
            List.of(
                new FileSpec("plain.mp4", 100),
                new FileSpec("dir/Ä #?% +.mp4", 100),
                new FileSpec("../up.mp4", 100),
                new FileSpec("twice.mp4", 100),
                new FileSpec("twice.mp4", 100),
                new FileSpec("a//b.mp4", 100),
                new FileSpec("./c.mp4", 100)));
    for (TorrentFile file : info.files()) {
      String path = UrlPath.of(info, file);
      assertThat(path).matches("[A-Za-z0-9._~%/-]+");
      assertThat(path.split("/", -1)).doesNotContain("", ".", "..");
      assertThat(UrlPath.decode(path).flatMap(info::fileAt)).isEqualTo(Optional.of(file));
    }
    assertThat(UrlPath.of(info, info.files().get(1)))
        .isEqualTo("t/dir/%C3%84%20%23%3F%25%20%2B.mp4");
  }
}
