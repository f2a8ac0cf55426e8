package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.metainfo.TorrentInfos;
import io.sluice.metainfo.TorrentInfos.FileSpec;
import io.sluice.testing.SeededCases;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

  /** As webtorrent asks: the URL is the seed's and the path behind it, as the torrent has it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "t/a%20b.bin|a b.bin",
        "t/a%2520b.bin|a%20b.bin",
        "t/100%25|100%",
        "t/50%25%20%C3%A9|50% é",
        "t/x%20%20.bin|x %20.bin",
        "t/one|one#1.bin",
        "t/who%20is%20it?.bin|who is it?.bin",
        "t/who%20is%20it%3F.bin|who is it?.bin",
        "t/one%231.bin|one#1.bin",
        "t/9%25%20|9% #9",
        "t/8%25%20why?.bin|8% why?.bin",
        "t/two|",
        "t/none|",
      })
  void filesAreFoundHoweverTheirNamesCameIntoTheUrl(String asked, String name) {
    List<FileSpec> files =
        Stream.of(
                "a b.bin",
                "a%20b.bin",
                "100%",
                "50% é",
                "x %20.bin",
                "one#1.bin",
                "two#1",
                "two#2",
                "who is it?.bin",
                "9% #9",
                "8% why?.bin")
            .map(each -> new FileSpec(each, 10))
            .toList();
    TorrentInfo info = TorrentInfos.multi("t", 16384, new byte[110], files);
    String[] parts = asked.split("\\?", 2);
    assertThat(
            UrlPath.find(info, parts[0], parts.length > 1 ? parts[1] : null)
                .map(file -> file.path().getLast()))
        .isEqualTo(Optional.ofNullable(name));
  }

  @Test
  void percentSignsThatBeginNoEscapeAreEscaped() {
    assertThat(UrlPath.withEscapedPercents("/100%/50%%20%C3%a9/%zz%2"))
        .isEqualTo("/100%25/50%25%20%C3%a9/%25zz%252");
  }
}
