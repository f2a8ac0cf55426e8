package io.sluice.metainfo;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class SafeNamesTest {

  record Case(String raw, String safe) {}

  static final List<Case> CASES =
      List.of(
          new Case("clip.mp4", "clip.mp4"),
          new Case("Ünï cödé 日本 😀.mkv", "Ünï cödé 日本 😀.mkv"),
          new Case(".hidden", ".hidden"),
          new Case("", "_"),
          new Case(".", "_"),
          new Case("..", "_"),
          new Case("...", "_"),
          new Case(". .", "_"),
          new Case("../../etc/passwd", ".._.._etc_passwd"),
          new Case("a/b\\c", "a_b_c"),
          new Case("C:\\Windows", "C__Windows"),
          new Case("nul\u0000l", "nul_l"),
          new Case("line\r\nfeed\u0085\u2028", "line__feed__"),
          new Case("exe\u202e4pm.exe", "exe4pm.exe"),
          new Case("zero\u200bwidth\ufeff\u2066", "zerowidth"),
          new Case("\u3164", "_"),
          new Case("<a>:\"b\"|?*", "_a___b____"),
          new Case("trailing. . ", "trailing"),
          new Case("\u00a0 both \u3000", "both"),
          new Case("CON", "_CON"),
          new Case("nul.txt", "_nul.txt"),
          new Case("Com1 .tar.gz", "_Com1 .tar.gz"),
          new Case("LPT\u00b9", "_LPT\u00b9"),
          new Case("com10", "com10"),
          new Case("console.log", "console.log"),
          new Case("lone\ud800surrogate", "lone_surrogate"),
          new Case("x".repeat(300) + ".webm", "x".repeat(235) + ".webm"),
          new Case("é".repeat(300), "é".repeat(120)),
          new Case("a".repeat(239) + "😀", "a".repeat(239)),
          new Case("x".repeat(300) + "." + "y".repeat(20), "x".repeat(240)));

  @ParameterizedTest
  @FieldSource("CASES")
  void elements(Case c) {
    assertThat(SafeNames.element(c.raw())).isEqualTo(c.safe());
  }

  @Test
  void anyNameBecomesHarmlessAndStaysSo() {
    SeededCases.run(
        10_000,
        random -> {
          String safe = SafeNames.element(hostile(random));
          assertThat(safe).isNotEmpty().isNotEqualTo(".").isNotEqualTo("..");
          assertThat(safe).doesNotContainPattern("[/\\\\\\p{Cntrl}:*?\"<>|\u200b\u202e\ud800]");
          assertThat(safe).isEqualTo(safe.strip()).doesNotEndWith(".");
          assertThat(safe.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(240);
          assertThat(SafeNames.element(safe)).isEqualTo(safe);
        });
  }

  static String hostile(Random random) {
    int[] points =
        "aA.. /\\\u0000\u200b\u202e\ud800:é😀ß\u2126\u3000nulcon1".codePoints().toArray();
    StringBuilder name = new StringBuilder();
    int length = random.nextInt(20) == 0 ? 400 : random.nextInt(8);
    for (int i = 0; i < length; i++) {
      name.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return name.toString();
  }

  @Test
  void foldingIsThatOfTheCarelessFileSystem() {
    assertThat(SafeNames.folded("FILE.TXT")).isEqualTo(SafeNames.folded("file.txt"));
    assertThat(SafeNames.folded("e\u0301")).isEqualTo(SafeNames.folded("É"));
    assertThat(SafeNames.folded("straße")).isEqualTo(SafeNames.folded("STRASSE"));
    assertThat(SafeNames.folded("\u2126")).isEqualTo(SafeNames.folded("ω"));
    assertThat(SafeNames.folded("a")).isNotEqualTo(SafeNames.folded("b"));
  }

  @Test
  void numbersStandBeforeTheExtension() {
    assertThat(SafeNames.numbered("film.mp4", 2)).isEqualTo("film (2).mp4");
    assertThat(SafeNames.numbered("film", 3)).isEqualTo("film (3)");
    assertThat(SafeNames.numbered(".hidden", 2)).isEqualTo(".hidden (2)");
  }

  @Test
  void namesForAScreenKeepTheirSlashes() {
    assertThat(SafeNames.shown(" a/b\u202e\tc\u0000 ")).isEqualTo("a/b c");
    assertThat(SafeNames.shown("\u200b\n")).isEmpty();
    assertThat(SafeNames.shown("x".repeat(1000))).hasSize(240);
  }
}
