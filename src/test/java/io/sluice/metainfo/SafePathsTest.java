package io.sluice.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

final class SafePathsTest {

  private final SafePaths paths = new SafePaths(MetainfoLimits.DEFAULT);

  @Test
  void filesOfOneFolderStayTogether() {
    assertThat(add("T", "dir", "a")).isEqualTo("T/dir/a");
    assertThat(add("T", "dir", "b")).isEqualTo("T/dir/b");
    assertThat(add("T", "..", "a")).isEqualTo("T/_/a");
    assertThat(add("T", "..", "b")).isEqualTo("T/_/b");
  }

  @Test
  void equalNamesAreNumbered() {
    assertThat(add("T", "a.txt")).isEqualTo("T/a.txt");
    assertThat(add("T", "a.txt")).isEqualTo("T/a (2).txt");
    assertThat(add("T", "A.TXT")).isEqualTo("T/A (3).TXT");
    assertThat(add("T", "a (4).txt")).isEqualTo("T/a (4).txt");
    assertThat(add("T", "a.txt")).isEqualTo("T/a (5).txt");
    assertThat(add("T", "e\u0301")).isEqualTo("T/e\u0301");
    assertThat(add("T", "é")).isEqualTo("T/é (2)");
  }

  @Test
  void foldersThatFoldToOneAreNumbered() {
    assertThat(add("T", "Dir", "a")).isEqualTo("T/Dir/a");
    assertThat(add("T", "dir", "a")).isEqualTo("T/dir (2)/a");
    assertThat(add("T", "Dir", "b")).isEqualTo("T/Dir/b");
    assertThat(add("T", "dir", "b")).isEqualTo("T/dir (2)/b");
  }

  @Test
  void aFileIsNoFolder() {
    assertThat(add("T", "x")).isEqualTo("T/x");
    assertThat(add("T", "x", "y")).isEqualTo("T/x (2)/y");
    assertThat(add("T", "z", "y")).isEqualTo("T/z/y");
    assertThat(add("T", "z")).isEqualTo("T/z (2)");
  }

  @Test
  void numberOfFoldersIsBounded() {
    for (int i = 1; i < MetainfoLimits.DEFAULT.maxFolders(); i++) {
      add("T", "d" + i, "x");
    }
    add("T", "d1", "y");
    assertThatThrownBy(() -> add("T", "one more", "x"))
        .isInstanceOf(MetainfoException.class)
        .hasMessageContaining("folders");
  }

  @Test
  void anyPathsBecomeUniqueAndOfTheSameLength() {
    SeededCases.run(
        2_000,
        random -> {
          SafePaths safePaths = new SafePaths(MetainfoLimits.DEFAULT);
          Set<String> seen = new HashSet<>();
          Set<String> folders = new HashSet<>();
          List<String> files = new ArrayList<>();
          for (int i = 0; i < 12; i++) {
            List<String> raw = new ArrayList<>(List.of("T"));
            for (int j = random.nextInt(3); j >= 0; j--) {
              raw.add(SafeNamesTest.hostile(random));
            }
            List<String> safe = safePaths.add(raw, random.nextBoolean());
            assertThat(safe).hasSameSizeAs(raw);
            String folded = SafeNames.folded(String.join("/", safe));
            assertThat(seen.add(folded)).as(folded).isTrue();
            files.add(folded);
            for (int j = 1; j < safe.size(); j++) {
              folders.add(SafeNames.folded(String.join("/", safe.subList(0, j))));
            }
          }
          assertThat(files).doesNotContainAnyElementsOf(folders);
        });
  }

  @Test
  void manyEqualNamesDoNotCostTheirSquare() {
    Assertions.assertTimeout(
        Duration.ofSeconds(30),
        () -> {
          // 16 384 spellings of one name, each of which meets all the numbers given before.
          for (int i = 0; i < 1 << 14; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 14; bit++) {
              name.append((i >> bit & 1) == 0 ? 'a' : 'A');
            }
            paths.add(List.of("T", ".pad", name.toString()), true);
          }
        });
  }

  private String add(String... path) {
    return String.join("/", paths.add(Arrays.asList(path), false));
  }
}
